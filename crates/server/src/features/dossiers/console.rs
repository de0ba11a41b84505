//! The console's pages about members: their paths and who may open them.

use axum::Router;
use axum::routing::{get, post};

use super::{find, movement, one};
use crate::App;
use crate::http::Role;
use crate::web::{PageRow, Who};

/// Who may see who members are.
pub(super) const READERS: &[Role] = &[Role::Agent, Role::Admin];
/// Who may see what a member's numbers come from, without the person.
const LOOKERS: &[Role] = &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/members", Who::Staff(READERS)),
    PageRow::console("/members", Who::Staff(READERS)).sent(),
    PageRow::console("/members/{member}", Who::Staff(READERS)),
    PageRow::console("/members/{member}/adjustments", Who::Staff(READERS)).sent(),
    PageRow::console("/members/{member}/status", Who::Staff(READERS)).sent(),
    PageRow::console("/movements/{event}", Who::Staff(LOOKERS)),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/members", get(find::list).post(find::search))
        .route("/members/{member}", get(one::dossier))
        .route("/members/{member}/adjustments", post(one::adjust))
        .route("/members/{member}/status", post(one::set_status))
        .route("/movements/{event}", get(movement::movement))
}
