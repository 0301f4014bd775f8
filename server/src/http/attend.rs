//! What happens around every request, whatever its address: the connection is told that it is
//! being worked for, and a name that is not served here is refused.

use super::connection::{Activity, Phase};
use super::hosts::Hosts;
use super::problem::HttpError;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError as _};
use beistand_protocol::problem::ProblemCode;
use std::rc::Rc;

/// Notes on the connection when the server begins to work and when it has an answer.
///
/// # Errors
/// Those of the handler.
pub async fn note_work(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let activity = request.conn_data::<Rc<Activity>>().cloned();
    if let Some(activity) = &activity {
        activity.enter(Phase::Working);
    }
    let answer = next.call(request).await;
    if let Some(activity) = &activity {
        activity.enter(Phase::Answer);
    }
    answer
}

/// Refuses requests for other names than those served here.
///
/// # Errors
/// Those of the handler.
pub async fn check_host(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let known = request
        .app_data::<Data<Hosts>>()
        .is_some_and(|hosts| hosts.serve(request.head()));
    if !known {
        // An answer and no error, so that it gets the headers that all answers have.
        let refusal = HttpError::from(ProblemCode::UnknownHost).error_response();
        return Ok(request.into_response(refusal).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}
