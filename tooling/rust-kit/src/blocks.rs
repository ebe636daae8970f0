use std::ops::Range;

/// The partition of an index range into consecutive blocks of at most `size` indices; only the last one is shorter.
#[derive(Debug, Clone)]
pub struct Blocks {
    rest: Range<u64>,
    size: u64,
}

impl Blocks {
    /// Partitions `range`. An empty or reversed range has no blocks; a `size` of 0 is taken as 1.
    pub fn new(range: Range<u64>, size: u64) -> Self {
        Self { rest: range, size: size.max(1) }
    }
}

impl Iterator for Blocks {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.rest.start;
        self.rest.start = self.rest.end.min(start.saturating_add(self.size));
        Some(start..self.rest.start)
    }
}

#[cfg(test)]
mod tests {
    use super::Blocks;

    #[test]
    fn covers_the_range_once_and_in_order() {
        for start in [0, 1, 5, u64::MAX - 40] {
            for length in 0..40 {
                for size in 1..42 {
                    let blocks: Vec<_> = Blocks::new(start..start + length, size).collect();
                    let covered: Vec<u64> = blocks.iter().cloned().flatten().collect();
                    assert_eq!(covered, (start..start + length).collect::<Vec<_>>());
                    assert_eq!(blocks.len() as u64, length.div_ceil(size));
                    assert!(blocks.iter().rev().skip(1).all(|block| block.end - block.start == size));
                }
            }
        }
    }

    #[test]
    fn an_empty_range_has_no_block_and_a_size_of_zero_is_one() {
        assert_eq!(Blocks::new(7..7, 3).next(), None);
        #[allow(clippy::reversed_empty_ranges)]
        let reversed = 9..7;
        assert_eq!(Blocks::new(reversed, 3).next(), None);
        assert_eq!(Blocks::new(0..3, 0).count(), 3);
    }
}
