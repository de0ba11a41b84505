//! What a member holds of the programs of one brand, with names, worth and what ends next.

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::account::{Account, Balance};
use lazo_domain::ids::{AccountId, MemberId, PointTypeId, ProgramId};
use lazo_domain::money::Currency;
use lazo_domain::points::Points;
use lazo_domain::program::{PointKind, Program, ProgramConfig};
use lazo_domain::rate::{Rate, Rounding};
use lazo_domain::time::Timestamp;

use crate::App;
use crate::features::programs;
use crate::http::{Problem, Scope};
use crate::i18n::{Args, Locale};
use crate::web::Own;

/// What a member holds of one point type.
#[derive(Debug, Clone)]
pub struct Holding {
    /// The program as it is in force.
    pub program: Arc<Program>,
    /// Its document, for names.
    pub document: Arc<ProgramConfig>,
    /// The point type.
    pub point_type: PointTypeId,
    /// Its code.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Decimals of its smallest unit.
    pub scale: u8,
    /// What there is of it.
    pub balance: Balance,
    /// What one whole point is worth, in minor units.
    pub value_minor: Option<Rate>,
}

/// A member's account as the brand's portal shows it.
#[derive(Debug, Clone)]
pub struct Purse {
    /// The account with its open lots.
    pub account: Account,
    /// What it holds, the brand's first program first.
    pub holdings: Vec<Holding>,
    /// What it holds of the tenant's other brands: one account has all of it, so its movements tell of it, too.
    pub elsewhere: Vec<Holding>,
}

/// Points that end together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The first instant at which they cannot be used.
    pub at: Timestamp,
    /// How many, in smallest units.
    pub points: i64,
}

impl Purse {
    /// The purse of the member who visits.
    pub async fn of(own: &Own<App>) -> Result<Self, Problem> {
        let whose = own.scope.member().ok_or_else(|| Problem::new(403, "forbidden"))?;
        Self::read(&own.scope, whose, &own.site.programs, own.locale).await
    }

    /// The purse of a member in these programs, with names in the language of `locale`.
    pub async fn read(
        scope: &Scope<App>,
        (member, account): (MemberId, AccountId),
        wanted: &[ProgramId],
        locale: Locale,
    ) -> Result<Self, Problem> {
        let books = scope.app.ledger.books();
        let found = books.account_with_lots(scope.tenant, account).await?;
        let fresh = || Account::new(scope.tenant, account, member, scope.now);
        let account = found.unwrap_or_else(fresh);
        let (mut holdings, mut elsewhere) = (Vec::new(), Vec::new());
        let all = programs::of(scope).await?;
        let others = all.ids().filter(|id| !wanted.contains(id));
        let every: Vec<_> = wanted.iter().copied().chain(others).collect();
        for (program, document) in in_force(scope, &every).await? {
            let kept = if wanted.contains(&program.id) { &mut holdings } else { &mut elsewhere };
            for point_type in program.point_types.values() {
                if point_type.kind != PointKind::Redeemable {
                    continue;
                }
                kept.push(Holding {
                    point_type: point_type.id,
                    code: point_type.code.clone(),
                    name: name(&document, &point_type.code, locale),
                    scale: point_type.scale,
                    balance: account.balance(point_type.id),
                    value_minor: point_type.value_minor,
                    program: Arc::clone(&program),
                    document: Arc::clone(&document),
                });
            }
        }
        Ok(Self { account, holdings, elsewhere })
    }

    /// The first holding: what the card shows.
    #[must_use]
    pub fn first(&self) -> Option<&Holding> {
        self.holdings.first()
    }

    /// Everything the account holds, what is the brand's first.
    pub fn all(&self) -> impl Iterator<Item = &Holding> {
        self.holdings.iter().chain(&self.elsewhere)
    }

    /// The holding of a point type.
    #[must_use]
    pub fn of_type(&self, point_type: PointTypeId) -> Option<&Holding> {
        self.all().find(|holding| holding.point_type == point_type)
    }

    /// What ends, the soonest first; points that end at one instant together.
    #[must_use]
    pub fn endings(&self, holding: &Holding, now: Timestamp) -> Vec<Ending> {
        let mut sums: BTreeMap<Timestamp, i64> = BTreeMap::new();
        for (_, lot) in self.account.lots.iter() {
            let counts = lot.point_type == holding.point_type && lot.available.is_positive();
            if let Some(at) = lot.expires_at.filter(|at| counts && *at > now) {
                let sum = sums.entry(at).or_default();
                *sum = sum.saturating_add(lot.available.0);
            }
        }
        sums.into_iter().map(|(at, points)| Ending { at, points }).collect()
    }
}

/// The programs of a brand that are in force, with their documents.
pub async fn in_force(
    scope: &Scope<App>,
    wanted: &[ProgramId],
) -> Result<Vec<(Arc<Program>, Arc<ProgramConfig>)>, Problem> {
    let programs = programs::of(scope).await?;
    let mut all = Vec::new();
    for id in wanted {
        let Some(program) = programs.at(*id, scope.now) else { continue };
        let found = scope.app.programs.document(scope.tenant, *id, program.version).await?;
        if let Some(document) = found {
            all.push((Arc::clone(program), document));
        }
    }
    Ok(all)
}

/// The name of a point type in the reader's language.
#[must_use]
pub fn name(document: &ProgramConfig, code: &str, locale: Locale) -> String {
    let found = document.point_types.iter().find(|point_type| point_type.code == code);
    found.and_then(|found| locale.pick(&found.name)).unwrap_or(code).to_owned()
}

impl Holding {
    /// The number alone: `1.284`.
    #[must_use]
    pub fn number(&self, points: i64, locale: Locale) -> String {
        locale.number(points, self.scale)
    }

    /// The number with its name: `1.284 puntos`.
    #[must_use]
    pub fn amount(&self, points: i64, locale: Locale) -> String {
        let number = self.number(points, locale);
        locale.text("accounts-amount", &Args::new().text("number", number).text("name", &self.name))
    }

    /// What so many smallest units are worth, in minor units, rounded down; `None` where they are worth no money.
    #[must_use]
    pub fn worth_minor(&self, points: i64) -> Option<i64> {
        let value = self.value_minor?;
        let one = 10_i64.checked_pow(u32::from(self.scale))?;
        let rate = Rate::new(value.num(), value.den().checked_mul(one)?)?;
        rate.of(points, Rounding::Floor)
    }

    /// What so many smallest units are worth, as people write it.
    #[must_use]
    pub fn worth(&self, points: Points, locale: Locale) -> Option<String> {
        self.worth_minor(points.0.max(0)).map(|minor| locale.money(minor, self.currency()))
    }

    /// The program's currency.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.program.currency
    }

    /// The last day on which something that ends at `at` is good, as people write it.
    #[must_use]
    pub fn last_day(&self, at: Timestamp, locale: Locale) -> String {
        locale.day(at.plus_micros(-1), &self.program.zone)
    }
}
