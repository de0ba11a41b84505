//! Clusters of accounts that are one person or company: from believed pairs, guarded by vetoes and by size.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::merging::SourceKey;
use lazo_matching::normalize::tax::tax_kind;
use lazo_store::StoreError;

use super::store::accounts::{self, Person};
use super::store::links::{self, Link};
use super::store::projects::Project;
use super::workbench::Workbench;

/// A cluster with more accounts than this is nobody's unless people decided on its pairs.
const MOST: usize = 5;
/// Links read at a time.
const PAGE: i64 = 5_000;
/// Clusters whose persons are read at a time.
const CHUNK: usize = 200;

/// Clusters of two accounts and more.
#[derive(Debug, Clone, Default)]
pub struct Clusters {
    /// The accounts of each, in order.
    pub all: Vec<Vec<SourceKey>>,
    /// How many were taken apart again, because somebody had said that two of them are not the same, or for their size.
    pub dissolved: u64,
}

impl Workbench {
    /// The clusters that links and decisions make.
    pub(super) async fn clusters(&self, project: &Project) -> Result<Clusters, StoreError> {
        let (mut sure, mut decided, mut vetoes) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut after = (SourceKey::default(), SourceKey::default());
        loop {
            let page = links::page(&self.app.db, project, &after, false, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = (last.left.clone(), last.right.clone());
            for Link { left, right, band, decision, .. } in page {
                match decision.as_deref() {
                    Some("merge") => decided.push((left, right)),
                    Some("not_same") => drop(vetoes.insert((left, right))),
                    None if band == "auto" => sure.push((left, right)),
                    _ => {}
                }
            }
        }
        let apart = self.differing(project, &sure, &decided).await?;
        vetoes.extend(apart);
        Ok(build(&sure, &decided, &vetoes))
    }

    /// Pairs within what hangs together whose tax numbers or birth dates are known and different, unless somebody has
    /// decided on the very pair. Two accounts that are linked themselves were compared when they were matched.
    async fn differing(
        &self,
        project: &Project,
        sure: &[Pair],
        decided: &[Pair],
    ) -> Result<BTreeSet<Pair>, StoreError> {
        let all: Vec<&Pair> = sure.iter().chain(decided).collect();
        let merged: BTreeSet<&Pair> = decided.iter().collect();
        let mut apart = BTreeSet::new();
        let large: Vec<BTreeSet<&SourceKey>> =
            joined(&all).into_iter().filter(|cluster| cluster.len() > 2).collect();
        for chunk in large.chunks(CHUNK) {
            let keys: Vec<SourceKey> = chunk.iter().flatten().map(|key| (*key).clone()).collect();
            let people = accounts::people_of(&self.app.db, project, &keys).await?;
            for cluster in chunk {
                let known: Vec<&Person> =
                    cluster.iter().filter_map(|key| people.get(key)).collect();
                for (place, one) in known.iter().enumerate() {
                    for other in &known[place + 1..] {
                        let pair = (one.key.clone(), other.key.clone());
                        if differ(one, other) && !merged.contains(&pair) {
                            apart.insert(pair);
                        }
                    }
                }
            }
        }
        Ok(apart)
    }
}

/// Are tax number or birth date known of both and not the same? Numbers that none has and dates that cannot be read
/// stand against nobody.
fn differ(one: &Person, other: &Person) -> bool {
    let of = |person: &Person, field: &str| person.fields.get(field).cloned().unwrap_or_default();
    let tax = |person: &Person| {
        let raw = of(person, "tax_id");
        let plain: String = raw.chars().filter(|c| c.is_alphanumeric()).collect();
        tax_kind(&raw).map(|_| plain.to_uppercase())
    };
    let birth = |person: &Person| {
        let digits: String =
            of(person, "birth_date").chars().filter(char::is_ascii_digit).collect();
        (digits.len() == 8).then_some(digits)
    };
    let unlike = |one: Option<String>, other: Option<String>| {
        one.zip(other).is_some_and(|(one, other)| one != other)
    };
    // Dates are compared where both sources write them alike; the matcher reads all others.
    let alike = |one: &str, other: &str| {
        let form = |text: &str| {
            text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>()
        };
        form(one) == form(other)
    };
    let dates = alike(&of(one, "birth_date"), &of(other, "birth_date"));
    unlike(tax(one), tax(other)) || (dates && unlike(birth(one), birth(other)))
}

type Pair = (SourceKey, SourceKey);

/// Joins pairs; what cannot stand together falls back to what people decided, and then apart.
fn build(sure: &[Pair], decided: &[Pair], vetoes: &BTreeSet<Pair>) -> Clusters {
    let all: Vec<&Pair> = sure.iter().chain(decided).collect();
    let mut clusters = Clusters::default();
    for cluster in joined(&all) {
        let is_decided = |cluster: &BTreeSet<&SourceKey>| {
            let inside = |pair: &&&Pair| cluster.contains(&pair.0);
            sure.iter().collect::<Vec<_>>().iter().filter(inside).count() == 0
        };
        if stands(&cluster, vetoes) && (cluster.len() <= MOST || is_decided(&cluster)) {
            clusters.all.push(cluster.into_iter().cloned().collect());
            continue;
        }
        clusters.dissolved += 1;
        let left: Vec<&Pair> = decided.iter().filter(|pair| cluster.contains(&pair.0)).collect();
        for smaller in joined(&left) {
            if stands(&smaller, vetoes) {
                clusters.all.push(smaller.into_iter().cloned().collect());
            }
        }
    }
    clusters.all.sort();
    clusters
}

fn stands(cluster: &BTreeSet<&SourceKey>, vetoes: &BTreeSet<Pair>) -> bool {
    if vetoes.is_empty() {
        return true;
    }
    let keys: Vec<&&SourceKey> = cluster.iter().collect();
    !keys.iter().enumerate().any(|(place, one)| {
        keys[place + 1..].iter().any(|other| vetoes.contains(&((**one).clone(), (**other).clone())))
    })
}

/// What hangs together.
fn joined<'a>(pairs: &[&'a Pair]) -> Vec<BTreeSet<&'a SourceKey>> {
    let mut numbers = BTreeMap::<&SourceKey, usize>::new();
    let mut parent = Vec::new();
    for key in pairs.iter().flat_map(|(left, right)| [left, right]) {
        numbers.entry(key).or_insert_with(|| {
            parent.push(parent.len());
            parent.len() - 1
        });
    }
    for (left, right) in pairs {
        let (one, other) = (root(&mut parent, numbers[left]), root(&mut parent, numbers[right]));
        parent[one.max(other)] = one.min(other);
    }
    let mut sets = BTreeMap::<usize, BTreeSet<&SourceKey>>::new();
    for (key, number) in numbers {
        sets.entry(root(&mut parent, number)).or_default().insert(key);
    }
    sets.into_values().collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(member: &str) -> SourceKey {
        SourceKey::new(&member[..1], member)
    }

    fn pair(left: &str, right: &str) -> Pair {
        (key(left), key(right))
    }

    fn told(clusters: &Clusters) -> Vec<String> {
        let names = |cluster: &Vec<SourceKey>| {
            cluster.iter().map(|key| key.member.as_str()).collect::<Vec<_>>().join("+")
        };
        clusters.all.iter().map(names).collect()
    }

    #[test]
    fn m11_a_veto_and_size_take_a_cluster_apart_to_what_people_decided() {
        let sure = [pair("a1", "b1"), pair("b1", "c1"), pair("a2", "b2")];
        let free = build(&sure, &[], &BTreeSet::new());
        assert_eq!(told(&free), ["a1+b1+c1", "a2+b2"]);
        let vetoed = build(&sure, &[pair("a1", "b1")], &[pair("a1", "c1")].into());
        assert_eq!((told(&vetoed), vetoed.dissolved), (vec!["a1+b1".into(), "a2+b2".into()], 1));
        let chain: Vec<Pair> =
            (0..6).map(|n| pair(&format!("a{n}"), &format!("a{}", n + 1))).collect();
        let large = build(&chain, &[], &BTreeSet::new());
        assert_eq!((large.all.len(), large.dissolved), (0, 1));
        let by_people = build(&[], &chain, &BTreeSet::new());
        assert_eq!(by_people.all.len(), 1);
    }

    #[test]
    fn m11_persons_with_other_tax_numbers_or_birth_dates_stand_apart() {
        let person = |tax: &str, birth: &str| Person {
            key: key("a1"),
            unit: "person".into(),
            staff: false,
            changed_at: None,
            verified: BTreeSet::new(),
            fields: [("tax_id", tax), ("birth_date", birth)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        };
        let one = person("12345678Z", "1980-05-17");
        assert!(!differ(&one, &person("12.345.678-z", "1980-05-17")));
        assert!(differ(&one, &person("87654321X", "1980-05-17")));
        assert!(differ(&one, &person("", "1980-05-18")));
        // A number that none has, a date written otherwise, and nothing known.
        assert!(!differ(&one, &person("12345678A", "17/05/1980")));
        assert!(!differ(&one, &person("", "")));
    }
}
