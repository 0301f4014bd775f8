//! A few values by their keys. A tree for each kind of key and value would be a twentieth of what a
//! browser loads.

/// Values by their keys, in the order of the keys: a list, to be searched by halves. Values stay where
/// they are, so that no copy of a secret is left behind when the list grows.
#[derive(Debug, Clone)]
pub struct Ordered<K, V>(Vec<(K, Box<V>)>);

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Ordered<K, V> {
    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }

    /// The value of that key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.place(key).ok()?;
        Some(&self.0[place].1)
    }

    /// The value of that key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        Some(&mut self.0[place].1)
    }

    /// The value of that key, to be changed; a new one where there was none.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = self.place(&key).unwrap_or_else(|place| {
            self.0.insert(place, (key, Box::default()));
            place
        });
        &mut self.0[place].1
    }

    /// Keeps a value in place of any that the key had before.
    pub fn insert(&mut self, key: K, value: V) {
        let value = Box::new(value);
        match self.place(&key) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// Takes the value of that key out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place(key).ok()?;
        Some(*self.0.remove(place).1)
    }

    /// All keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, &**value))
    }

    /// All values.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| &**value)
    }

    /// Forgets the values that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        self.0.retain(|(_, value)| keep(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_value_until_it_is_taken_out() {
        let mut ordered = Ordered::default();
        for key in [3, 1, 2] {
            ordered.insert(key, key * 10);
        }
        *ordered.get_mut(&1).unwrap() += 1;
        assert_eq!(ordered.get(&1), Some(&11));
        assert_eq!(ordered.remove(&3), Some(30));
        assert_eq!(ordered.remove(&3), None);
        assert_eq!(ordered.get(&3), None);
        assert_eq!(ordered.get_mut(&4), None);
        assert_eq!(ordered.iter().collect::<Vec<_>>(), [(&1, &11), (&2, &20)]);
        *ordered.or_default(4) += 5;
        assert_eq!(ordered.remove(&4), Some(5));
        ordered.insert(1, 12);
        assert_eq!(ordered.values().collect::<Vec<_>>(), [&12, &20]);
        ordered.retain(|value| *value > 12);
        assert_eq!(ordered.values().collect::<Vec<_>>(), [&20]);
    }
}
