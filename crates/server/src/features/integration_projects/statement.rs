//! "¿Qué pasó con mis puntos?": one member's statement from the plan that was posted, as text or as a page of its own.

use lazo_domain::ids::AccountId;
use lazo_domain::merging::statement::{adds_up, statement};
use lazo_domain::merging::{MemberPlan, MemberSnapshot, SourceKey, plan_member};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::fault::{MergeFault, refused};
use super::golden;
use super::matching::{key_of, name};
use super::parted::golden_before;
use super::rules_of::RulesOf;
use super::speak::Speaker;
use super::store::members::{self, GoldenMember};
use super::store::projects::Project;
use super::store::{accounts, links};
use super::workbench::Workbench;
use crate::features::members::{CARD, EXTERNAL, Identifier, store as member_store};
use crate::i18n::Locale;

/// A member's statement.
#[derive(Debug, Clone, Serialize)]
pub struct MemberStatement {
    /// Whose: the golden member as `source/number`.
    pub golden: String,
    /// The language.
    pub locale: String,
    /// The heading of all.
    pub title: String,
    /// Headings with what they say.
    pub sections: Vec<(String, Vec<String>)>,
    /// Does the total shown open in the ledger?
    pub adds_up: bool,
    /// What the statement is known by: SHA-256 of all it says.
    pub id: String,
}

/// A golden member with everything that a view of it needs.
pub(super) struct Found {
    pub(super) row: GoldenMember,
    pub(super) rules: lazo_domain::merging::MergeRules,
    pub(super) plan: MemberPlan,
    pub(super) accounts: Vec<MemberSnapshot>,
}

impl Workbench {
    /// The statement of a member, by `source/number`, by any number that resolves here, or by `scheme:value`.
    pub async fn statement(
        &self,
        project: &Project,
        member: &str,
        locale: Locale,
    ) -> Result<MemberStatement, MergeFault> {
        let found = self.found(project, member).await?;
        Ok(self.tell(project, &found, locale))
    }

    pub(super) fn tell(&self, project: &Project, found: &Found, locale: Locale) -> MemberStatement {
        let speaker = Speaker {
            locale,
            names: &project.document.names,
            currency: self.tenant.config.currency,
            zone: &found.rules.zone,
        };
        let sections: Vec<(String, Vec<String>)> =
            statement(&found.rules, &found.plan, &found.accounts)
                .iter()
                .map(|section| {
                    let said = section.sentences.iter().map(|sentence| speaker.say(sentence));
                    (speaker.heading(section.heading), said.collect())
                })
                .collect();
        let mut hash = Sha256::new();
        for (heading, said) in &sections {
            hash.update(heading.as_bytes());
            said.iter().for_each(|said| hash.update(said.as_bytes()));
        }
        MemberStatement {
            golden: name(&found.row.golden),
            locale: locale.tag().to_owned(),
            title: speaker.heading("merging-statement-title"),
            sections,
            adds_up: adds_up(&found.plan),
            id: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// The golden member that `text` names, with its plan; the plan is the one that was approved or posted.
    pub(super) async fn found(&self, project: &Project, text: &str) -> Result<Found, MergeFault> {
        let named = self.golden(project, text).await?;
        let found = match &named {
            Some(named) => self.found_of(project, named).await?,
            None => None,
        };
        found.ok_or_else(|| {
            let what = format!("`{text}` is no member of this project");
            refused("merge_no_member", what, "name it source/number, or by any of its numbers")
        })
    }

    /// What `named` has in the merge: all of it, or of whoever was taken apart his or her own accounts.
    async fn found_of(
        &self,
        project: &Project,
        named: &Named,
    ) -> Result<Option<Found>, MergeFault> {
        let db = &self.app.db;
        let Some(row) = members::by_golden(db, project, &named.golden).await? else {
            return Ok(None);
        };
        let rules = (*RulesOf::new(self, project).get(row.revision).await?).clone();
        let side = self.side_of(project, &row, named.key.as_ref(), named.account).await?;
        let keys = [(row.golden.clone(), side.clone().unwrap_or_else(|| row.accounts.clone()))];
        let accounts = golden::accounts_of(db, project, &keys).await?.remove(&row.golden);
        let accounts = accounts.ok_or_else(|| golden::gone(&row.golden))?;
        let plan = plan_member(&rules, &accounts);
        // Of whoever was taken apart each is told what his or her own accounts come to.
        if side.is_none() && plan.hash()[..] != row.plan_hash[..] {
            let what = format!("the plan of {} is not the one on record", name(&row.golden));
            return Err(refused(
                "merge_plan_differs",
                what,
                "lazo merge dry-run tells what changed",
            ));
        }
        Ok(Some(Found { row, rules, plan, accounts }))
    }

    /// The statement of whoever has an account here, by what was posted to it; none without a part in the merge.
    pub(super) async fn statement_of_account(
        &self,
        project: &Project,
        account: AccountId,
        locale: Locale,
    ) -> Result<Option<MemberStatement>, MergeFault> {
        let Some(named) = self.named_by_account(project, account).await? else { return Ok(None) };
        let found = self.found_of(project, &named).await?;
        Ok(found.filter(|f| f.row.is_in_ledger()).map(|f| self.tell(project, &f, locale)))
    }

    async fn named_by_account(
        &self,
        project: &Project,
        account: AccountId,
    ) -> Result<Option<Named>, MergeFault> {
        let db = &self.app.db;
        let golden = match members::by_account(db, project, account).await? {
            Some(row) => row.golden,
            None => match golden_before(db, project, account).await? {
                Some(key) => links::golden_of(db, project, &key).await?.unwrap_or(key),
                None => return Ok(None),
            },
        };
        Ok(Some(Named { golden, key: None, account: Some(account) }))
    }

    /// A golden member with its whole plan, whoever was taken out of it since.
    pub(super) async fn whole(
        &self,
        project: &Project,
        row: GoldenMember,
    ) -> Result<Found, MergeFault> {
        let rules = (*RulesOf::new(self, project).get(row.revision).await?).clone();
        let keys = [(row.golden.clone(), row.accounts.clone())];
        let found = golden::accounts_of(&self.app.db, project, &keys).await?.remove(&row.golden);
        let accounts = found.ok_or_else(|| golden::gone(&row.golden))?;
        let plan = plan_member(&rules, &accounts);
        Ok(Found { row, rules, plan, accounts })
    }

    async fn golden(&self, project: &Project, text: &str) -> Result<Option<Named>, MergeFault> {
        let db = &self.app.db;
        // `ext:` stands before an identifier wherever the API names a member.
        let (text, otherwise) = match text.strip_prefix("ext:") {
            Some(named) => (named, EXTERNAL),
            None => (text, CARD),
        };
        let mut keys: Vec<SourceKey> = key_of(text).into_iter().collect();
        let sources = project.document.sources.iter();
        keys.extend(sources.map(|source| SourceKey::new(&source.code, text)));
        let found = accounts::of(db, project, &keys).await?;
        if let Some(key) = keys.into_iter().find(|key| found.contains_key(key)) {
            let golden = links::golden_of(db, project, &key).await?;
            let golden = golden.unwrap_or_else(|| key.clone());
            return Ok(Some(Named { golden, key: Some(key), account: None }));
        }
        let (scheme, value) = text.split_once(':').unwrap_or((otherwise, text));
        let Ok(name) = Identifier::new(scheme, value, &self.tenant.config.country) else {
            return Ok(None);
        };
        let Some(member) = member_store::by_identifier(db, self.tenant.id, &name).await? else {
            return Ok(None);
        };
        self.named_by_account(project, member.account).await
    }
}

/// A golden member as somebody named it.
struct Named {
    golden: SourceKey,
    /// By this account of a source.
    key: Option<SourceKey>,
    /// By a number of this account of the ledger.
    account: Option<AccountId>,
}

impl MemberStatement {
    /// What a reader calls the statement by: the beginning of its hash.
    pub(super) fn known_as(&self) -> &str {
        self.id.get(..16).unwrap_or(&self.id)
    }

    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for (heading, said) in &self.sections {
            text.push_str(&format!("\n{heading}\n"));
            said.iter().for_each(|said| text.push_str(&format!("  {said}\n")));
        }
        text.push_str(&format!("\n{}\n", self.known_as()));
        text
    }

    /// As an HTML page that needs nothing else.
    #[must_use]
    pub fn html(&self) -> String {
        let mut body = String::new();
        for (heading, said) in &self.sections {
            body.push_str(&format!("<section><h2>{}</h2><ul>", escaped(heading)));
            said.iter().for_each(|said| body.push_str(&format!("<li>{}</li>", escaped(said))));
            body.push_str("</ul></section>\n");
        }
        page(&self.locale, &self.title, &format!("{body}<footer>{}</footer>", self.known_as()))
    }
}

/// A page of its own: readable on paper and on a screen, and by a screen reader.
pub(super) fn page(lang: &str, title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>\
         body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
         h1{{font-size:1.5rem}}h2{{font-size:1.1rem;margin-bottom:.25rem}}\
         table{{border-collapse:collapse;width:100%}}th,td{{border:1px solid #999;padding:.25rem .5rem;text-align:left}}\
         td.n{{text-align:right;font-variant-numeric:tabular-nums}}tr.differs{{background:#fdd}}\
         footer{{margin-top:2rem;color:#555;font-size:.8rem}}</style></head>\n\
         <body><main><h1>{title}</h1>\n{body}</main></body></html>\n"
    )
}

/// Text that means nothing to HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
