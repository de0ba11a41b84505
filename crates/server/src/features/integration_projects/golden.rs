//! Golden members in their order, a page at a time: each with the accounts that are its own.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::merging::{MemberSnapshot, SourceKey};
use lazo_store::{Db, StoreError};

use super::fault::{MergeFault, refused};
use super::matching::name;
use super::store::accounts;
use super::store::links;
use super::store::projects::Project;

/// Clusters read at a time.
const PAGE: i64 = 5_000;

/// Which accounts belong to which golden member.
#[derive(Debug, Clone, Default)]
pub struct Belonging {
    /// The golden member of each account that is not alone.
    pub golden: BTreeMap<SourceKey, SourceKey>,
    /// The accounts of each golden member with several.
    pub accounts: BTreeMap<SourceKey, Vec<SourceKey>>,
}

impl Belonging {
    /// As it was decided with the latest dry run.
    pub async fn load(db: &Db, project: &Project) -> Result<Self, StoreError> {
        let (mut of, mut after) = (Self::default(), SourceKey::default());
        loop {
            let page = links::clusters(db, project, &after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(of) };
            after = last.clone();
            for (account, golden) in page {
                of.accounts.entry(golden.clone()).or_default().push(account.clone());
                of.golden.insert(account, golden);
            }
        }
    }
}

/// Golden members being read.
pub struct Goldens<'a> {
    db: &'a Db,
    project: &'a Project,
    belonging: &'a Belonging,
    after: SourceKey,
}

/// A golden member with its accounts, in their order.
pub type Golden = (SourceKey, Vec<MemberSnapshot>);

impl<'a> Goldens<'a> {
    /// From the first on.
    pub fn new(db: &'a Db, project: &'a Project, belonging: &'a Belonging) -> Self {
        Self { db, project, belonging, after: SourceKey::default() }
    }

    /// The next page in the order of golden keys; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<Golden>>, StoreError> {
        let page = accounts::page(self.db, self.project, &self.after, super::load::PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        self.after = last.key.clone();
        let mut others = BTreeSet::new();
        for snapshot in &page {
            let own = self.belonging.accounts.get(&snapshot.key).into_iter().flatten();
            others.extend(own.filter(|key| **key != snapshot.key).cloned());
        }
        let others: Vec<SourceKey> = others.into_iter().collect();
        let mut others = accounts::of(self.db, self.project, &others).await?;
        let mut goldens = Vec::with_capacity(page.len());
        for snapshot in page {
            let key = snapshot.key.clone();
            if self.belonging.golden.get(&key).is_some_and(|golden| *golden != key) {
                // It stands with its golden member.
                continue;
            }
            let mut all = vec![snapshot];
            let own = self.belonging.accounts.get(&key).into_iter().flatten();
            all.extend(own.filter_map(|other| others.remove(other)));
            all.sort_by(|a, b| a.key.cmp(&b.key));
            goldens.push((key, all));
        }
        Ok(Some(goldens))
    }
}

/// The accounts of a set of golden members, by golden key.
pub async fn accounts_of(
    db: &Db,
    project: &Project,
    members: &[(SourceKey, Vec<SourceKey>)],
) -> Result<BTreeMap<SourceKey, Vec<MemberSnapshot>>, MergeFault> {
    let keys: Vec<SourceKey> = members.iter().flat_map(|(_, accounts)| accounts.clone()).collect();
    let mut found = accounts::of(db, project, &keys).await?;
    let of = members.iter().map(|(golden, accounts)| {
        let own = accounts.iter().map(|key| found.remove(key).ok_or_else(|| gone(key)));
        Ok((golden.clone(), own.collect::<Result<Vec<MemberSnapshot>, MergeFault>>()?))
    });
    of.collect()
}

/// An account of a plan that its snapshot does not have any more.
pub fn gone(key: &SourceKey) -> MergeFault {
    let what = format!("{} is planned, and not in its snapshot any more", name(key));
    refused("merge_account_gone", what, "lazo merge map, then lazo merge dry-run")
}
