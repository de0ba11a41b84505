//! Whose account a company's points are on: its own, whichever contact the source names.

use lazo_domain::merging::prepare::DeltaChange;
use lazo_domain::merging::rules::Wallet;
use lazo_domain::merging::snapshot::{SourceLot, SourceStatus};
use lazo_domain::merging::{MemberSnapshot, SourceKey};

use super::super::fault::{MergeFault, parsed};
use super::super::store::accounts;
use super::super::store::items::Item;
use super::super::store::projects::{Project, json};
use super::super::workbench::Workbench;
use super::Told;

impl Workbench {
    /// Items as they are kept: points that a contact earns or spends for a company are the company's, under the name that
    /// its snapshot has for the contact's lots. Kept so, they are found again where the company's points are summed.
    pub(super) async fn items_of_wallets(
        &self,
        project: &Project,
        items: &[Item],
    ) -> Result<Vec<Item>, MergeFault> {
        if project.rules.wallet == Wallet::Contact {
            return Ok(items.to_vec());
        }
        let keys: Vec<SourceKey> = items.iter().map(|item| item.key.clone()).collect();
        let there = accounts::of(&self.app.db, project, &keys).await?;
        let kept = items.iter().map(|item| match there.get(&item.key).and_then(company) {
            Some(company) => of_company(item, company),
            None => Ok(item.clone()),
        });
        kept.collect()
    }
}

/// The company whose wallet has a contact's points. A contact that is blocked, or waits at the desk, keeps its own.
fn company(contact: &MemberSnapshot) -> Option<&str> {
    let gave = contact.lots.is_empty()
        && contact.doubts.is_empty()
        && contact.status == SourceStatus::Active;
    contact.contact_of.as_deref().filter(|_| gave)
}

fn of_company(item: &Item, company: &str) -> Result<Item, MergeFault> {
    let told: Told = parsed(&item.body, "an item")?;
    let of = |lot: &str| format!("{}:{lot}", item.key.member);
    let renamed = |lot: SourceLot| SourceLot { lot: of(&lot.lot), ..lot };
    let told = match told {
        Told::Change(DeltaChange::Earned(lot)) => Told::Change(DeltaChange::Earned(renamed(lot))),
        Told::Change(DeltaChange::Spent { lot, points }) => {
            Told::Change(DeltaChange::Spent { lot: of(&lot), points })
        }
        Told::Change(DeltaChange::Arrived { lot, points }) => {
            Told::Change(DeltaChange::Arrived { lot: of(&lot), points })
        }
        Told::Change(DeltaChange::Gone { lot, points }) => {
            Told::Change(DeltaChange::Gone { lot: of(&lot), points })
        }
        Told::Cancelled(lot) => Told::Cancelled(renamed(lot)),
        Told::OrderCancelled { order, of: owner, lot } => {
            Told::OrderCancelled { order, of: owner, lot: renamed(lot) }
        }
        Told::Returned { lot, granted, points } => {
            Told::Returned { lot: of(&lot), granted, points }
        }
        // What somebody says or has ordered, and how an account stands, is the person's own.
        Told::Change(DeltaChange::Said(_) | DeltaChange::Status(_) | DeltaChange::Order { .. }) => {
            return Ok(item.clone());
        }
    };
    let key = SourceKey::new(&item.key.source, company);
    Ok(Item { key, body: json(&told)?, ..item.clone() })
}
