//! A map that is cheap to copy: copies share what was there and each keeps only its own changes apart.

use std::borrow::Borrow;
use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::iter::Peekable;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// From so many changes on a copy is made whole, so that a long row of copies stays cheap one by one.
const FEW: usize = 64;

/// A sorted map whose copies share their common part.
///
/// Copying costs what changed since the last whole copy, not what is there; so the core may decide on a copy of an
/// account with thousands of lots, and a refused event leaves the original as it was. A map that nobody shares is
/// changed in place.
pub struct LayeredMap<K, V> {
    base: Arc<BTreeMap<K, V>>,
    /// What differs from the base; `None` is gone.
    changes: BTreeMap<K, Option<V>>,
}

impl<K: Ord + Clone, V: Clone> LayeredMap<K, V> {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        BTreeMap::new().into()
    }

    /// The value under `key`.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match self.changes.get(key) {
            Some(changed) => changed.as_ref(),
            None => self.base.get(key),
        }
    }

    /// Is there a value under `key`?
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// The value under `key`, to be changed in this copy alone.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if self.settle() {
            return Arc::get_mut(&mut self.base)?.get_mut(key);
        }
        if !self.changes.contains_key(key) {
            let (key, value) = self.base.get_key_value(key)?;
            self.changes.insert(key.clone(), Some(value.clone()));
        }
        self.changes.get_mut(key)?.as_mut()
    }

    /// Puts a value under `key`.
    pub fn insert(&mut self, key: K, value: V) {
        if self.settle()
            && let Some(base) = Arc::get_mut(&mut self.base)
        {
            base.insert(key, value);
        } else {
            self.changes.insert(key, Some(value));
        }
    }

    /// The place of `key`, to be filled if it is empty.
    pub fn entry(&mut self, key: K) -> Place<'_, K, V> {
        Place { map: self, key }
    }

    /// Takes out what is under `key`.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        if self.settle() {
            return Arc::get_mut(&mut self.base)?.remove(key);
        }
        match self.base.get_key_value(key) {
            Some((key, value)) => {
                let changed = self.changes.insert(key.clone(), None);
                changed.unwrap_or_else(|| Some(value.clone()))
            }
            None => self.changes.remove(key)?,
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Makes the changes part of the common part where nobody shares it; answers whether nobody does.
    pub fn settle(&mut self) -> bool {
        let Some(base) = Arc::get_mut(&mut self.base) else { return false };
        fold(base, std::mem::take(&mut self.changes));
        true
    }

    /// The whole map of this copy, for changes all over it.
    pub fn all_mut(&mut self) -> &mut BTreeMap<K, V> {
        let base = Arc::make_mut(&mut self.base);
        fold(base, std::mem::take(&mut self.changes));
        base
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.changes.is_empty() { self.base.len() } else { self.iter().count() }
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Everything in the order of the keys.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { base: self.base.iter().peekable(), changes: self.changes.iter().peekable() }
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The values in the order of their keys, to be changed in this copy alone.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.all_mut().values_mut()
    }
}

fn fold<K: Ord, V>(base: &mut BTreeMap<K, V>, changes: BTreeMap<K, Option<V>>) {
    for (key, value) in changes {
        match value {
            Some(value) => drop(base.insert(key, value)),
            None => drop(base.remove(&key)),
        }
    }
}

/// The place of a key in a [`LayeredMap`].
pub struct Place<'a, K, V> {
    map: &'a mut LayeredMap<K, V>,
    key: K,
}

impl<K: Ord + Clone, V: Clone> Place<'_, K, V> {
    /// Fills the place if it is empty.
    pub fn or_insert(self, value: V) {
        if !self.map.contains_key(&self.key) {
            self.map.insert(self.key, value);
        }
    }
}

/// Runs through a [`LayeredMap`] in the order of its keys.
#[derive(Debug)]
pub struct Iter<'a, K, V> {
    base: Peekable<btree_map::Iter<'a, K, V>>,
    changes: Peekable<btree_map::Iter<'a, K, Option<V>>>,
}

impl<'a, K: Ord, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((changed, _)) = self.changes.peek() else { return self.base.next() };
            if let Some(unchanged) = self.base.next_if(|(key, _)| key < changed) {
                return Some(unchanged);
            }
            self.base.next_if(|(key, _)| key == changed);
            if let (key, Some(value)) = self.changes.next()? {
                return Some((key, value));
            }
        }
    }
}

impl<'a, K: Ord + Clone, V: Clone> IntoIterator for &'a LayeredMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K: Ord + Clone, V: Clone> IntoIterator for &'a mut LayeredMap<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = btree_map::IterMut<'a, K, V>;

    fn into_iter(self) -> btree_map::IterMut<'a, K, V> {
        self.all_mut().iter_mut()
    }
}

impl<K: Ord + Clone, V: Clone> IntoIterator for LayeredMap<K, V> {
    type Item = (K, V);
    type IntoIter = btree_map::IntoIter<K, V>;

    fn into_iter(mut self) -> btree_map::IntoIter<K, V> {
        std::mem::take(self.all_mut()).into_iter()
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for LayeredMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, more: I) {
        more.into_iter().for_each(|(key, value)| self.insert(key, value));
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for LayeredMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        all.into_iter().collect::<BTreeMap<K, V>>().into()
    }
}

impl<K, V> From<BTreeMap<K, V>> for LayeredMap<K, V> {
    fn from(all: BTreeMap<K, V>) -> Self {
        Self { base: Arc::new(all), changes: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Clone for LayeredMap<K, V> {
    fn clone(&self) -> Self {
        let mut copy = Self { base: Arc::clone(&self.base), changes: self.changes.clone() };
        if copy.changes.len() > FEW {
            fold(Arc::make_mut(&mut copy.base), std::mem::take(&mut copy.changes));
        }
        copy
    }
}

impl<K: Ord + Clone, V: Clone> Default for LayeredMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Clone, V: Clone + PartialEq> PartialEq for LayeredMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        let untouched = self.changes.is_empty() && other.changes.is_empty();
        untouched && Arc::ptr_eq(&self.base, &other.base) || self.iter().eq(other.iter())
    }
}

impl<K: Ord + Clone, V: Clone + Eq> Eq for LayeredMap<K, V> {}

impl<K: Ord + Clone + fmt::Debug, V: Clone + fmt::Debug> fmt::Debug for LayeredMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: Ord + Clone + Serialize, V: Clone + Serialize> Serialize for LayeredMap<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self)
    }
}

impl<'de, K, V> Deserialize<'de> for LayeredMap<K, V>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Clone + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(from).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Act {
        Insert(u8, u16),
        Remove(u8),
        Raise(u8),
        Fill(u8, u16),
        Share,
        Forget,
        RaiseAll,
    }

    fn act() -> impl Strategy<Value = Act> {
        let key = 0_u8..40;
        prop_oneof![
            6 => (key.clone(), any::<u16>()).prop_map(|(k, v)| Act::Insert(k, v)),
            3 => key.clone().prop_map(Act::Remove),
            4 => key.clone().prop_map(Act::Raise),
            2 => (key, any::<u16>()).prop_map(|(k, v)| Act::Fill(k, v)),
            2 => Just(Act::Share),
            1 => Just(Act::Forget),
            1 => Just(Act::RaiseAll),
        ]
    }

    proptest! {
        /// Every copy answers as a plain map that went through the same, and no copy hears of another's changes.
        #[test]
        fn i20_copies_never_hear_of_each_others_changes(acts in proptest::collection::vec(act(), 0..300)) {
            let (mut map, mut plain) = (LayeredMap::new(), BTreeMap::new());
            let mut shared: Vec<(LayeredMap<u8, u16>, BTreeMap<u8, u16>)> = Vec::new();
            for act in acts {
                match act {
                    Act::Insert(k, v) => { map.insert(k, v); plain.insert(k, v); }
                    Act::Remove(k) => prop_assert_eq!(map.remove(&k), plain.remove(&k)),
                    Act::Raise(k) => {
                        let (a, b) = (map.get_mut(&k), plain.get_mut(&k));
                        prop_assert_eq!(&a, &b);
                        for value in a.into_iter().chain(b) { *value = value.wrapping_add(1); }
                    }
                    Act::Fill(k, v) => { map.entry(k).or_insert(v); plain.entry(k).or_insert(v); }
                    Act::Share => shared.push((map.clone(), plain.clone())),
                    Act::Forget => shared.clear(),
                    Act::RaiseAll => {
                        for value in map.values_mut().chain(plain.values_mut()) { *value = value.wrapping_add(1); }
                    }
                }
                prop_assert_eq!(map.len(), plain.len());
                prop_assert_eq!(map.is_empty(), plain.is_empty());
                prop_assert!(map.iter().eq(plain.iter()));
                prop_assert!((0..40).all(|k| map.get(&k) == plain.get(&k)));
            }
            for (map, plain) in shared {
                prop_assert!(map.iter().eq(plain.iter()));
                prop_assert_eq!(LayeredMap::from(plain), map);
            }
        }
    }

    #[test]
    fn i20_a_copy_of_many_changes_is_made_whole() {
        let first: LayeredMap<i64, i64> = (0..10).map(|n| (n, n)).collect();
        let mut copy = first.clone();
        copy.extend((10..200).map(|n| (n, n)));
        assert_eq!((copy.changes.len(), copy.clone().changes.len()), (190, 0));
        assert_eq!((first.len(), copy.len(), copy.clone()), (10, 200, copy));
    }
}
