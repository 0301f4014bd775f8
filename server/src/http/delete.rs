//! `POST /v1/delete`.

use super::body::Inbox;
use super::problem::HttpError;
use super::work;
use crate::app::Wall;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::delete;

/// Destroys what its writer put. Answers 204.
pub async fn delete(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, delete::SIZE).await?;
    work::run(move || wall.delete(&body.bytes)).await?;
    Ok(HttpResponse::NoContent().finish())
}
