//! Who else works on a session: its user shares it with colleagues, who then see it and, unless they are viewers, work on it.

use super::{
    store::{sessions, shares},
    write::Write,
};
use crate::{
    accounts::{self, types::Colleague},
    error::AppError,
    ids::{SessionId, UserId},
    pilot::types::{NewShare, Person, Shares},
    server::context::Ctx,
};

/// With whom the session is shared.
pub async fn list(ctx: &Ctx, id: SessionId) -> Result<Vec<Person>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let all = shares::all(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(all)
}

/// The same, and with whom it could be.
pub async fn choices(ctx: &Ctx, id: SessionId) -> Result<Shares, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let shared_with = shares::all(ctx, &mut tx, id).await?;
    let mut others: Vec<Colleague> = accounts::server::colleagues(ctx, &mut tx).await?;
    tx.commit().await?;
    others.retain(|other| shared_with.iter().all(|person| person.id != other.id));
    Ok(Shares { shared_with, others })
}

/// Shares the session with a colleague; doing so again is fine. Only its user may.
pub async fn add(ctx: &Ctx, id: SessionId, new: NewShare) -> Result<Person, AppError> {
    let field = match (&new.user_id, &new.email) {
        (Some(_), None) => "user_id",
        (None, Some(_)) => "email",
        _ => return Err(AppError::invalid("user_id", "Name the colleague by user_id, or by email.")),
    };
    let mut write = Write::lock(ctx, id).await?;
    if write.session.user_id != ctx.actor.user {
        return Err(AppError::forbidden(format!("Only {} can share this session.", write.session.user_name)));
    }
    let email = new.email.as_deref().map(str::trim);
    let colleague = accounts::server::colleague(ctx, write.tx(), new.user_id, email)
        .await?
        .ok_or_else(|| AppError::invalid(field, "There is no such colleague in your account."))?;
    if colleague.id == ctx.actor.user {
        return Err(AppError::invalid(field, "This session is yours already."));
    }
    shares::add(ctx, write.tx(), id, colleague.id).await?;
    tell(&mut write).await?;
    write.commit().await?;
    Ok(Person { id: colleague.id, name: colleague.name })
}

/// Takes a share back. Its user may, and whom it was shared with may leave. What is not shared stays so.
pub async fn remove(ctx: &Ctx, id: SessionId, with: UserId) -> Result<(), AppError> {
    let leaving = with == ctx.actor.user;
    let mut write = if leaving { Write::lock_visible(ctx, id).await? } else { Write::lock(ctx, id).await? };
    if !leaving && write.session.user_id != ctx.actor.user {
        return Err(AppError::forbidden(format!(
            "Only {} can take a colleague off this session; you can leave it yourself.",
            write.session.user_name
        )));
    }
    if shares::remove(ctx, write.tx(), id, with).await? {
        tell(&mut write).await?;
        write.commit().await?;
    }
    Ok(())
}

/// Who has the session open sees with whom it is shared now.
async fn tell(write: &mut Write<'_>) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let shared_with = shares::all(ctx, write.tx(), id).await?;
    write.tell_session(None, Some(shared_with));
    Ok(())
}
