//! What every server function begins with: who asks, and what else the answer carries. The status of its error is set in
//! [`super::middleware::server_function_errors`].

use axum::http::{HeaderName, HeaderValue, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{
    error::AppError,
    server::{context::Ctx, middleware::Auth},
};

/// The request behind the server function, or behind the page that called it while rendering.
pub fn parts() -> Result<Parts, AppError> {
    use_context::<Parts>().ok_or_else(AppError::internal)
}

/// The signed-in person's context; 401 for nobody.
pub async fn ctx() -> Result<Ctx, AppError> {
    match parts()?.extensions.get::<Auth>() {
        Some(Auth::Person(ctx)) => Ok(ctx.clone()),
        Some(Auth::Nobody(reason)) => Err(AppError::signed_out(*reason)),
        None => Err(AppError::internal()),
    }
}

/// Adds a header to the answer.
pub fn header(name: HeaderName, value: &str) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(value) = HeaderValue::from_str(value)
    {
        response.append_header(name, value);
    }
}
