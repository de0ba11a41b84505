//! What a store keeps of accounts, in memory: written only where a decision says it touched something, and read back
//! only as far as the core says it needs, so that a missing mark or a missing need shows.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::{
    Account, Balance, Counters, Grant, Lot, Needs, Original, Redemption, Standings, Touched,
};
use lazo_domain::apply;
use lazo_domain::decision::Entry;
use lazo_domain::event::{Body, Event, PurchaseRef};
use lazo_domain::ids::{AccountId, EventId, LotId, MemberId, PointTypeId, RedemptionId, TenantId};
use lazo_domain::program::Programs;
use lazo_domain::time::Timestamp;

use super::core::Decided;
use crate::generate::setup::Version;

/// The tenant of every simulated account.
pub const TENANT: TenantId = TenantId(1);

/// The versions, compiled.
///
/// # Panics
/// When one does not compile: then the generator made nonsense.
#[must_use]
pub fn compiled(versions: &[Version]) -> Programs {
    Programs::new(versions.iter().map(|v| {
        let program = v.config.compile(v.program, v.number, v.from, &v.ids);
        program.unwrap_or_else(|errors| panic!("{errors:?} in {:?}", v.config))
    }))
}

/// The rows of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// Which account.
    pub id: AccountId,
    /// How many decisions were committed.
    pub version: i64,
    /// When the membership began.
    pub enrolled_at: Timestamp,
    /// When time does something here next.
    pub next_at: Option<Timestamp>,
    /// Stored sums.
    pub balances: BTreeMap<PointTypeId, Balance>,
    /// All lots, open and closed.
    pub lots: BTreeMap<LotId, Lot>,
    /// The lots that are open.
    pub open: BTreeSet<LotId>,
    /// All redemptions.
    pub redemptions: BTreeMap<RedemptionId, Redemption>,
    /// Standings.
    pub standings: Standings,
    /// Counters.
    pub counters: Counters,
    /// Grants as they stand now.
    pub grants: BTreeMap<EventId, Grant>,
    /// Events as they were decided.
    pub originals: BTreeMap<EventId, Original>,
    /// The journal.
    pub journal: Vec<Entry>,
}

impl Rows {
    /// A new account.
    #[must_use]
    pub fn new(id: AccountId, enrolled_at: Timestamp) -> Self {
        Self { id, enrolled_at, ..Self::default() }
    }

    /// The account as it stands, without its journal, and of earlier events only the one that `event` undoes.
    #[must_use]
    pub fn now(&self, event: &Event) -> Self {
        let undone = match &event.body {
            Body::Reverse { event } => self.originals.get_key_value(event),
            _ => None,
        };
        Self {
            originals: undone.into_iter().map(|(id, o)| (*id, o.clone())).collect(),
            journal: Vec::new(),
            balances: self.balances.clone(),
            lots: self.lots.clone(),
            open: self.open.clone(),
            redemptions: self.redemptions.clone(),
            standings: self.standings.clone(),
            counters: self.counters.clone(),
            grants: self.grants.clone(),
            ..*self
        }
    }

    /// The account's head: what is always loaded.
    fn head(&self) -> Account {
        Account {
            version: self.version,
            balances: self.balances.clone(),
            standings: self.standings.clone(),
            counters: self.counters.clone(),
            next_at: self.next_at,
            lots_loaded: false,
            ..Account::new(TENANT, self.id, MemberId(self.id.0), self.enrolled_at)
        }
    }

    /// Reads what `event` needs; everything that is open when `all`.
    #[must_use]
    pub fn load(&self, event: &Event, programs: &Programs, all: bool) -> (Account, Needs) {
        let mut account = self.head();
        let mut needs = apply::needs(event, &account, programs);
        self.read(&mut account, &needs, all);
        if matches!(event.body, Body::Reverse { .. }) {
            // A reversal knows which purchase it is about only once it has seen the return it undoes.
            needs = apply::needs(event, &account, programs);
            self.read(&mut account, &needs, all);
        }
        (account, needs)
    }

    fn read(&self, account: &mut Account, needs: &Needs, all: bool) {
        if all || needs.lots {
            account.lots_loaded = true;
            self.read_lots(account, self.open.iter().copied());
            let open = self.redemptions.values().filter(|r| r.state.name() == "reserved");
            account.redemptions.extend(open.map(|r| (r.id, r.clone())));
        }
        if let Some(purchase) = &needs.grant
            && let Some(grant) = self.grant(purchase)
        {
            self.read_grant(account, grant);
        }
        if let Some(event) = needs.original
            && let Some(original) = self.originals.get(&event)
        {
            self.read_lots(account, original.entries.iter().filter_map(|entry| entry.lot));
            account.originals.insert(event, original.clone());
            if let Some(grant) = self.grants.get(&event) {
                self.read_grant(account, grant);
            }
        }
        if let Some(redemption) = needs.redemption.and_then(|id| self.redemptions.get(&id)) {
            account.redemptions.insert(redemption.id, redemption.clone());
            self.read_lots(account, redemption.lots.iter().map(|(lot, _)| *lot));
        }
        self.read_lots(account, needs.lot);
    }

    fn read_grant(&self, account: &mut Account, grant: &Grant) {
        account.grants.insert(grant.event, grant.clone());
        self.read_lots(account, grant.lots.iter().map(|lot| lot.lot));
    }

    fn read_lots(&self, account: &mut Account, lots: impl IntoIterator<Item = LotId>) {
        for id in lots {
            if let Some(lot) = self.lots.get(&id) {
                account.lots.insert(id, lot.clone());
            }
        }
    }

    fn grant(&self, purchase: &PurchaseRef) -> Option<&Grant> {
        match purchase {
            PurchaseRef::Event(event) => self.grants.get(event),
            PurchaseRef::Source { .. } => self.grants.values().find(|g| g.source == *purchase),
        }
    }

    /// Writes what a decision says it touched.
    pub fn commit(&mut self, decided: &Decided) {
        let (after, touched) = (&decided.after, &decided.after.touched);
        self.version = after.version;
        self.next_at = after.next_at;
        self.write(after, touched);
        if let Some(grant) = &decided.outcome.grant {
            self.grants.insert(grant.event, grant.clone());
        }
        let original = Original {
            body: decided.event.body.clone(),
            effective_at: decided.event.effective_at,
            entries: decided.entries.clone(),
            outcome: decided.outcome.clone(),
        };
        self.originals.insert(decided.event.id, original);
        self.journal.extend(decided.entries.iter().copied());
    }

    fn write(&mut self, after: &Account, touched: &Touched) {
        for id in &touched.balances {
            self.balances.insert(*id, after.balance(*id));
        }
        for (id, lot) in touched.lots.iter().filter_map(|id| Some((id, after.lots.get(id)?))) {
            if lot.is_closed() {
                self.open.remove(id);
            } else {
                self.open.insert(*id);
            }
            self.lots.insert(*id, lot.clone());
        }
        for redemption in touched.redemptions.iter().filter_map(|id| after.redemptions.get(id)) {
            self.redemptions.insert(redemption.id, redemption.clone());
        }
        if touched.state {
            self.standings = after.standings.clone();
            self.counters = after.counters.clone();
        }
    }
}
