//! The states of a project and which step is allowed in which; each arrow has its gate where the step is.

/// Where a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the states are those of the merge engine's description")]
pub enum State {
    Draft,
    Profiled,
    Mapped,
    Matched,
    Simulated,
    Approved,
    Pilot,
    Waves,
    Frozen,
    Delta,
    Cutover,
    Parallel,
    Hypercare,
    Closed,
    Paused,
    RolledBack,
    Abandoned,
}

use State::*;

use super::store::projects::Project;

/// May a wave of this project be rolled back? One that is paused stands where it was before.
#[must_use]
pub fn may_roll_back(project: &Project) -> bool {
    let at = match project.state {
        Paused => project.paused_from,
        state => Some(state),
    };
    at.is_some_and(State::may_roll_back)
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Write the document anew.
    Describe,
    /// Look at raw files.
    Profile,
    /// Load snapshots.
    Map,
    /// Find who is who.
    Match,
    /// Decide on a pair.
    Review,
    /// Plan without posting.
    DryRun,
    /// Agree to a plan.
    Approve,
    /// Post a wave.
    Run,
    /// Catch a snapshot up.
    CatchUp,
    /// Give up before anything was approved.
    Abandon,
}

impl State {
    /// Every state with its name outside and in the database.
    pub const ALL: [(Self, &'static str); 17] = [
        (Draft, "draft"),
        (Profiled, "profiled"),
        (Mapped, "mapped"),
        (Matched, "matched"),
        (Simulated, "simulated"),
        (Approved, "approved"),
        (Pilot, "pilot"),
        (Waves, "waves"),
        (Frozen, "frozen"),
        (Delta, "delta"),
        (Cutover, "cutover"),
        (Parallel, "parallel"),
        (Hypercare, "hypercare"),
        (Closed, "closed"),
        (Paused, "paused"),
        (RolledBack, "rolled_back"),
        (Abandoned, "abandoned"),
    ];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// The state of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }

    /// May this be done now?
    #[must_use]
    pub fn allows(self, step: Step) -> bool {
        let before_approval = self < Approved;
        let running = (Approved..=Cutover).contains(&self);
        match step {
            Step::Describe | Step::Abandon => before_approval,
            Step::Profile => before_approval,
            Step::Map => before_approval && self >= Profiled,
            Step::Match => before_approval && self >= Mapped,
            Step::Review => (Matched..Pilot).contains(&self),
            Step::DryRun => (Matched..=Cutover).contains(&self) || self == RolledBack,
            Step::Approve => (Simulated..=Cutover).contains(&self) || self == RolledBack,
            Step::Run => running || self == RolledBack,
            Step::CatchUp => (Mapped..=Cutover).contains(&self),
        }
    }

    /// May a wave of a project that is here be rolled back? From the first wave on until the programs have run side by
    /// side: after that what was earned is nobody else's to take back.
    #[must_use]
    pub fn may_roll_back(self) -> bool {
        match self {
            // A first wave that stopped by itself left the project approved.
            Approved | Pilot | Waves | Frozen | Delta | Cutover | Parallel | RolledBack => true,
            Draft | Profiled | Mapped | Matched | Simulated | Hypercare | Closed | Abandoned
            | Paused => false,
        }
    }

    /// Where a project may be moved by hand from here.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Approved | Pilot | Waves => &[Frozen, Paused],
            Frozen => &[Delta, Paused],
            Delta => &[Cutover, Paused],
            Cutover => &[Parallel, Paused],
            Parallel => &[Hypercare, Paused],
            Hypercare => &[Closed, Paused],
            Draft | Profiled | Mapped | Matched | Simulated => &[Paused, Abandoned],
            RolledBack => &[Paused],
            Paused | Closed | Abandoned => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of the names plays no part: a project paused in hypercare has passed the point of no return.
    #[test]
    fn m54_a_wave_is_rolled_back_from_the_pilot_to_the_parallel_run_and_no_later() {
        let open: Vec<&str> =
            State::ALL.iter().filter(|(at, _)| at.may_roll_back()).map(|(_, name)| *name).collect();
        let wanted =
            ["approved", "pilot", "waves", "frozen", "delta", "cutover", "parallel", "rolled_back"];
        assert_eq!(open, wanted);
    }
}
