//! What needs a second person after the plan: asked for by one, agreed to (and so done) or rejected by another.

use serde_json::{Value, json};

use super::fault::{self, MergeFault, refused};
use super::store::desk::{self, Request};
use super::store::projects::Project;
use super::workbench::{Watch, Workbench};

/// Was a request begun, and is half done perhaps?
fn has_begun(request: &Request) -> Result<bool, MergeFault> {
    let detail: Value = fault::parsed(&request.detail, "a request")?;
    Ok(detail.get("frozen").is_some_and(|frozen| !frozen.is_null()))
}

impl Workbench {
    /// Everything that was asked for in a project.
    pub async fn requests(&self, project: &Project) -> Result<Vec<Request>, MergeFault> {
        Ok(desk::requests(&self.app.db, project).await?)
    }

    /// Asks for something that a second person must agree to.
    pub(super) async fn ask(
        &self,
        project: &Project,
        kind: &str,
        subject: String,
        detail: Value,
    ) -> Result<Request, MergeFault> {
        let all = desk::requests(&self.app.db, project).await?;
        let same = |r: &&Request| r.kind == kind && r.subject == subject && r.state == "waiting";
        if let Some(waiting) = all.iter().find(same) {
            let what = format!("{kind} {subject} waits already as request {}", waiting.request);
            return Err(refused(
                "merge_waits",
                what,
                "a second person agrees with lazo merge approve",
            ));
        }
        let request = Request {
            request: all.last().map_or(0, |last| last.request) + 1,
            kind: kind.to_owned(),
            subject,
            detail: detail.to_string(),
            state: "waiting".to_owned(),
            asked_by: self.actor.clone(),
            asked_at: self.app.clock.now(),
            decided_by: None,
            outcome: None,
        };
        let mut tx = self.app.db.begin().await?;
        desk::ask(&mut tx, project, &request).await?;
        let told = json!({ "request": request.request });
        self.record(&mut tx, &format!("integration_project.{kind}_asked"), project, told).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Agrees to a request, and does it; or rejects it. Killed in the middle, the same again brings it to its end.
    pub async fn decide_request(
        &self,
        project: &Project,
        number: i64,
        agrees: bool,
        watch: Watch<'_>,
    ) -> Result<Value, MergeFault> {
        let all = desk::requests(&self.app.db, project).await?;
        let request = all.into_iter().find(|request| request.request == number);
        let request = request.ok_or_else(|| {
            refused(
                "merge_no_request",
                format!("there is no request {number}"),
                "lazo merge status lists them",
            )
        })?;
        if request.state != "waiting" {
            let what = format!("request {number} is {}", request.state);
            return Err(refused("merge_decided", what, ""));
        }
        self.second_person(&request.asked_by).await?;
        if !agrees && has_begun(&request)? {
            let what = format!("request {number} has begun: points are on their way");
            return Err(refused(
                "merge_begun",
                what,
                "agree to it again, which brings it to its end",
            ));
        }
        let outcome = match (agrees, request.kind.as_str()) {
            (false, _) => json!({}),
            (true, "unmerge") => self.carry_out_unmerge(project, &request).await?,
            (true, "rollback") => self.carry_out_rollback(project, &request, watch).await?,
            (true, kind) => {
                return Err(refused(
                    "merge_no_request",
                    format!("`{kind}` cannot be agreed to"),
                    "",
                ));
            }
        };
        let (state, now) = (if agrees { "done" } else { "rejected" }, self.app.clock.now());
        let mut tx = self.app.db.begin().await?;
        desk::decide(&mut tx, project, number, (state, &self.actor, now), &outcome.to_string())
            .await?;
        let told = json!({ "request": number });
        let deed = format!("integration_project.{}_{state}", request.kind);
        self.record(&mut tx, &deed, project, told).await?;
        tx.commit().await?;
        Ok(outcome)
    }
}
