//! What a letter may do at the moment it leaves, and what a mail server's answer means: the same for every letter by e-mail,
//! of a campaign or by itself.

use lazo_domain::time::{DAY, SECOND, Timestamp};

use super::draw;
use super::policy::Policy;
use super::recipients::Handed;
use crate::features::segments::facts::Person;
use crate::mail::MailFault;

/// How long a letter is in hand at most: well beyond the mailer's own patience.
pub(super) const LEASE: i64 = 300 * SECOND;
/// How long a letter waits that the server did not take now.
pub(super) const WAIT: i64 = 120 * SECOND;
/// How long the server may say "not now" to a letter before it counts as not delivered.
const GIVE_UP: i64 = 2 * DAY;
/// The days over which contacts are counted.
pub(super) const WEEK: i64 = 7 * DAY;

/// Why a letter of offers or questions does not leave; nothing when it may.
pub(super) fn barrier(
    person: Option<&Person>,
    given: bool,
    contacts: i64,
    policy: &Policy,
) -> Option<&'static str> {
    match person {
        Some(person) if person.active && !given => Some("no_consent"),
        Some(person) if person.active && person.email.is_some() => {
            let alone = draw::is_universal(policy, person.member);
            let full = contacts >= policy.max_per_week;
            alone.then_some("universal").or(full.then_some("cap"))
        }
        _ => service_barrier(person, false),
    }
}

/// Why a letter that only tells of the membership does not leave: it waits for nobody's consent and counts as no contact,
/// but who said no to letters gets none.
pub(super) fn service_barrier(person: Option<&Person>, refused: bool) -> Option<&'static str> {
    match person {
        None => Some("gone"),
        Some(person) if !person.active => Some("suspended"),
        Some(_) if refused => Some("no_consent"),
        Some(person) if person.email.is_none() => Some("no_address"),
        Some(_) => None,
    }
}

/// What a failed handing over means for a letter that was asked for at the first of two instants of the tenant.
pub(super) fn refused(
    fault: &MailFault,
    attempt: i64,
    (asked, now): (Timestamp, Timestamp),
    real: Timestamp,
) -> Handed {
    // A connection that broke says nothing about this letter, and one refusal may be the moment's.
    let tried = fault.is_answer() && attempt > 1;
    let old = tried && now.0.saturating_sub(asked.0) > GIVE_UP;
    match fault.for_good() {
        Some(code) => Handed::Refused(code),
        None if old => Handed::Refused("gave_up".to_owned()),
        None => Handed::Later(real.plus_micros(WAIT)),
    }
}
