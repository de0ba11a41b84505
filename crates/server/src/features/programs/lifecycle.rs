//! The life of a program (R10): which step may follow which, and what must be so before it is taken.

use std::fmt;

use lazo_domain::points::Points;
use lazo_domain::program::{ProgramConfig, ProgramState};

/// What must be so before a program enters a state, and is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// The state does not follow the present one.
    Order {
        /// The present state; `None` for a program that is not there yet.
        from: Option<ProgramState>,
        /// The state asked for.
        to: ProgramState,
    },
    /// Members could not earn anything.
    NoEarningRule,
    /// A program that ends must not have members in a state that earns: sunset comes before closed.
    NotSunset,
    /// Members still have points.
    PointsLeft(Points),
}

impl Unmet {
    /// The stable code of the criterion.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Order { .. } => "state_order",
            Self::NoEarningRule => "no_earning_rule",
            Self::NotSunset => "not_sunset",
            Self::PointsLeft(_) => "points_left",
        }
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order { from: Some(from), to } => {
                write!(f, "a program that is {} cannot become {}", from.name(), to.name())
            }
            Self::Order { from: None, to } => {
                write!(f, "a new program cannot begin as {}", to.name())
            }
            Self::NoEarningRule => {
                f.write_str("a program that members take part in needs an earning rule")
            }
            Self::NotSunset => {
                f.write_str("a program is closed from sunset, so that members hear of it in time")
            }
            Self::PointsLeft(points) => {
                write!(f, "members still have {points} points in smallest units")
            }
        }
    }
}

/// The first criterion that `config`'s state does not meet, coming from the state that is `live`; `left` is what
/// members still have in the program's point types.
#[must_use]
pub fn unmet(live: Option<ProgramState>, config: &ProgramConfig, left: Points) -> Option<Unmet> {
    let to = config.state;
    if live == Some(to) {
        return None;
    }
    if to == ProgramState::Closed && live != Some(ProgramState::Sunset) {
        return Some(Unmet::NotSunset);
    }
    if !follows(live, to) {
        return Some(Unmet::Order { from: live, to });
    }
    if to.earns() && config.earning_rules.is_empty() {
        return Some(Unmet::NoEarningRule);
    }
    (to == ProgramState::Closed && left.is_positive()).then_some(Unmet::PointsLeft(left))
}

/// Before members take part a program may go to and fro; after that it goes on, ends, or is taken up again.
fn follows(from: Option<ProgramState>, to: ProgramState) -> bool {
    use ProgramState::{Build, Closed, Design, Discovery, Evolving, Live, Pilot, Sunset};
    match from {
        None | Some(Discovery | Design | Build) => {
            matches!(to, Discovery | Design | Build | Pilot | Live)
        }
        Some(Pilot) => matches!(to, Build | Live | Sunset),
        Some(Live) => matches!(to, Evolving | Sunset),
        Some(Evolving) => matches!(to, Live | Sunset),
        Some(Sunset) => matches!(to, Live | Evolving | Closed),
        Some(Closed) => false,
    }
}
