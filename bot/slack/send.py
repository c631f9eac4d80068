"""What Slack's answer to a post means for the letter. Pure.

* ok is accepted. 429 and its like: nothing was sent, later.
* A token, scope or plan that does not let us: nothing was sent, and it is the shop's set-up that
  must change, so the letter waits instead of being thrown away.
* A picture Slack could not fetch (it does so while it posts): nothing was sent, later.
* Slack's own errors and 5xx are unclear: by its words the operation may have succeeded in part.
* Anything else will be the same tomorrow.
"""

from collections.abc import Mapping
from typing import Any

from bot.slack.api import Answer
from conversations.ports import Accepted, Outcome, Rejected, TooFast, Unclear

METADATA = "akashi_letter"
NOT_ALLOWED_SECONDS = 60.0

GONE = frozenset(
    {
        "channel_not_found", "file_deleted", "file_not_found", "is_archived", "not_in_channel",
        "thread_not_found", "user_disabled", "user_not_found", "users_not_found",
    }
)  # fmt: skip
_TOO_FAST = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_NOT_ALLOWED = frozenset(
    {
        "access_denied", "account_inactive", "ekm_access_denied", "enterprise_is_restricted",
        "invalid_auth", "messages_tab_disabled", "missing_scope", "no_permission",
        "not_allowed_token_type", "not_authed", "org_login_required", "team_access_not_granted",
        "team_added_to_org", "token_expired", "token_revoked",
    }
)  # fmt: skip
_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_NOT_FETCHED = "downloading image failed"


def outcome_of(answer: Answer) -> Outcome:
    """What became of one post."""
    error = answer.error
    if error is None:
        return Accepted(request_id=str(answer.fields.get("ts")))
    if answer.status == 429 or error in _TOO_FAST:
        return TooFast(answer.retry_after)
    if error in _NOT_ALLOWED:
        return TooFast(NOT_ALLOWED_SECONDS)
    if error in _UNCLEAR or answer.status >= 500 or not answer.fields:
        return Unclear(error)
    if _NOT_FETCHED in answer.details:
        return TooFast(None)
    return Rejected(f"{error} {answer.details}".strip())


def is_key_of(message: Mapping[str, Any], retry_key: str) -> bool:
    """Whether a message of the conversation is the letter with that key."""
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != METADATA:
        return False
    payload = metadata.get("event_payload")
    return isinstance(payload, dict) and payload.get("key") == retry_key
