//! `POST /v1/rosters` and `POST /v1/prekeys`: whose signature is the permission.

use super::body::Inbox;
use super::problem::HttpError;
use super::work;
use crate::app::Wall;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::note::{Domain as _, PrekeyDomain, RosterDomain};

/// Takes the next roster. Answers 204 once everybody sees it.
pub async fn post_roster(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, RosterDomain::LIMIT).await?;
    work::run(move || wall.accept_roster(&body.bytes)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a device's prekey. Answers 204 once everybody sees it.
pub async fn post_prekey(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, PrekeyDomain::LIMIT).await?;
    work::run(move || wall.accept_prekey(&body.bytes)).await?;
    Ok(HttpResponse::NoContent().finish())
}
