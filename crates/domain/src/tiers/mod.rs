//! Where a member stands on a ladder, and when that is looked at again.
