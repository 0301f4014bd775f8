//! `GET /healthz` and `/readyz`, for whoever watches the server.

use super::problem::HttpError;
use super::work;
use crate::app::Wall;
use actix_web::web::Data;
use actix_web::HttpResponse;
use beistand_protocol::problem::ProblemCode;

/// The process answers.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("alive\n")
}

/// A visitor would succeed: roster in force, room on the disk, fresh state.
pub async fn readyz(wall: Data<Wall>) -> Result<HttpResponse, HttpError> {
    if !work::run(move || Ok(wall.is_ready())).await? {
        return Err(ProblemCode::NotReady.into());
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready\n"))
}
