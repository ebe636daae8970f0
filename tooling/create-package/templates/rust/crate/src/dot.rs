#![forbid(unsafe_code)]

const LANES: usize = 8;

/// Σ x\[i\]·y\[i\], in eight partial sums.
///
/// # Panics
/// When the lengths differ.
pub fn dot(x: &[f32], y: &[f32]) -> f32 {
    assert_eq!(x.len(), y.len());
    let (x_lanes, x_tail) = x.as_chunks::<LANES>();
    let (y_lanes, y_tail) = y.as_chunks::<LANES>();
    let mut sums = [0.0f32; LANES];
    for (a, b) in x_lanes.iter().zip(y_lanes) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = x_tail.iter().zip(y_tail).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use super::dot;

    #[test]
    fn adds_every_product_once_on_both_sides_of_the_lanes() {
        for n in 0..40u16 {
            let x: Vec<f32> = (1..=n).map(f32::from).collect();
            let squares = f32::from(n) * f32::from(n + 1) * f32::from(2 * n + 1) / 6.0;
            assert_eq!(dot(&x, &x), squares, "n = {n}");
        }
    }

    #[test]
    #[should_panic]
    fn refuses_different_lengths() {
        dot(&[1.0], &[]);
    }
}
