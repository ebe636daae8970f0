use crate::Refusal;

/// An empty vector with room for `len` items, or an `out-of-memory` refusal that names `what` and the bytes it needed. A
/// plain `Vec::with_capacity` would trap, and a trap costs the whole instance.
pub fn reserved<T>(what: &str, len: usize) -> Result<Vec<T>, Refusal> {
    let mut items = Vec::new();
    items.try_reserve_exact(len).map_err(|_| {
        let bytes = (len as u64).saturating_mul(size_of::<T>() as u64);
        Refusal::new("out-of-memory", format!("{what}: no room for {bytes} bytes"))
    })?;
    Ok(items)
}

/// `len` zeros (`T::default()`), or a refusal as [`reserved`] gives it.
pub fn zeroed<T: Copy + Default>(what: &str, len: usize) -> Result<Vec<T>, Refusal> {
    let mut items = reserved(what, len)?;
    items.resize(len, T::default());
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::{reserved, zeroed};

    #[test]
    fn gives_zeros() {
        assert_eq!(zeroed::<u32>("vector", 3), Ok(vec![0, 0, 0]));
        assert_eq!(zeroed::<f64>("shift", 0), Ok(vec![]));
    }

    #[test]
    fn gives_room_without_filling_it() {
        let items = reserved::<f64>("x", 5).unwrap();
        assert!(items.is_empty() && items.capacity() >= 5);
    }

    #[test]
    fn refuses_what_no_memory_holds_and_says_how_much_it_was() {
        let refusal = zeroed::<f64>("points", usize::MAX / 16).unwrap_err();
        assert_eq!(refusal.code(), "out-of-memory");
        assert_eq!(refusal.to_string(), format!("points: no room for {} bytes", usize::MAX / 16 * 8));
    }
}
