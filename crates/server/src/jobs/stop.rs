//! The wish to stop: given once, seen by everybody who holds a copy.

use tokio::sync::watch;

/// Says whether work should end after the step it is at.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// Asks everybody who holds the [`Stop`] to stop; so does dropping it.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stop {
    /// A wish not yet given, and the hand that gives it.
    #[must_use]
    pub fn new() -> (Stopper, Self) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Self(receiver))
    }

    /// Was it asked?
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until it is asked.
    pub async fn asked(&self) {
        let mut receiver = self.0.clone();
        // A stopper that is gone can no longer ask; that counts as asking.
        drop(receiver.wait_for(|asked| *asked).await);
    }
}

impl Stopper {
    /// Asks.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}
