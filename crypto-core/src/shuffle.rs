//! Order that says nothing.

use rand_core::RngCore;

/// Shuffles in place, every order equally likely.
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut impl RngCore) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1, rng));
    }
}

/// A number below `bound` (at least 1), each equally likely.
pub(crate) fn below(bound: usize, rng: &mut impl RngCore) -> usize {
    let bound = bound as u64;
    // Numbers from the incomplete last stretch are drawn again, or small ones would be favoured.
    let usable = u64::MAX - u64::MAX % bound;
    loop {
        let drawn = rng.next_u64();
        if drawn < usable {
            return (drawn % bound) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn all_orders_come_up() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6_000 {
            let mut items = [0, 1, 2];
            shuffle(&mut items, &mut rng);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (850..1_150).contains(count)));
    }
}
