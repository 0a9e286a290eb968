//! Who of the ticket system is who here: by hand where somebody said so, else by e-mail address.

use super::{Provider, PsaError};
use crate::{ids::UserId, psa::types::Member, server::context::Ctx};

/// Who the user is in the ticket system; `None` where nobody there is them.
pub async fn of_user(ctx: &Ctx, desk: &dyn Provider, user: UserId) -> Result<Option<Member>, PsaError> {
    let members = desk.members(ctx).await?.items;
    let mut tx = ctx.db().tenant(ctx).await?;
    let by_hand = sqlx::query!(
        "select member_id, user_id from psa_members where account_id = $1 and provider = $2",
        ctx.account.0,
        desk.name(),
    )
    .fetch_all(&mut *tx)
    .await?;
    let email = sqlx::query_scalar!(
        r#"select email::text as "email!" from users where account_id = $1 and id = $2"#,
        ctx.account.0,
        user.0,
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    if let Some(mapped) = by_hand.iter().find(|row| row.user_id == Some(user.0)) {
        return Ok(members.into_iter().find(|member| member.id == mapped.member_id));
    }
    let Some(email) = email else { return Ok(None) };
    let free = |member: &Member| by_hand.iter().all(|row| row.member_id != member.id);
    let theirs = |member: &Member| member.emails.iter().any(|one| one.eq_ignore_ascii_case(&email));
    Ok(members.into_iter().find(|member| free(member) && theirs(member)))
}
