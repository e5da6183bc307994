"""Who gets what: every route × every actor, written by hand. A new route without a row fails; so does a changed answer.

One ticket of one citizen goes through its life (`at`): it waits at the social desk of 魏都, rings at a clerk, is
served, is being wrapped up, is rated and closed (`done`). At every moment the ids in a path are the real ones of that
ticket, its ring, session and call. Beside it stand another citizen's ticket at the social desk of 建安, and a third
one's at the city's.

    strn  stranger  no cookie
    ownr  owner     the citizen of the ticket
    othr  other     the citizen who waits in 建安
    agnt  agent     客服 in 魏都 who is rung and serves (zhangyanli)
    mate  mate      受理员 at the same desk (zhaoshumin)
    line  line      at the same desk, but for other department lines (fenglei)
    sibl  sibling   客服 in 建安: the same role in a sibling organisation (koujunjie)
    city  city      客服 of the city, scope over all (liujingwen)
    supr  super     值班督导 of the whole city (xuwenbo)
    home  home      中心管理员 of 魏都, where the ticket belongs (yangzhenyu)
    away  away      the same role in 建安 (yuecaihong)
    audt  auditor   审计员 of the authority (fanguohua)
    sysa  sysadmin  系统管理员 (lipengfei)
    expt  expert    业务专家 of a department, who is asked into the call while it is served (lihongxia)
"""

from dataclasses import dataclass, field
from typing import Any

from tests.support.papers import FORM
from tests.support.pictures import PDF

CITIZENS = ("owner", "other")
STAFF = {
    "agent": "zhangyanli",
    "mate": "zhaoshumin",
    "line": "fenglei",
    "sibling": "koujunjie",
    "city": "liujingwen",
    "super": "xuwenbo",
    "home": "yangzhenyu",
    "away": "yuecaihong",
    "auditor": "fanguohua",
    "sysadmin": "lipengfei",
    "expert": "lihongxia",
}
ACTORS = ("stranger", *CITIZENS, *STAFF)
HEADS = ("strn", "ownr", "othr", "agnt", "mate", "line", "sibl", "city", "supr", "home", "away", "audt", "sysa", "expt")
STAGES = ("waiting", "ringing", "serving", "wrapping", "done")

# 401 who are you, 404 not there for you, 403 nothing for your role, 409 too late or not now.
_TABLE = """
route                                     at       strn ownr othr agnt mate line sibl city supr home away audt sysa expt

# What everybody may read
GET  /healthz                             waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /readyz                              waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /metrics                             waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/openapi.json                    waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/deployment                      waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/line-check                      waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/regions                         waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/stations                        waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/items                           waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/items/{key}                     serving  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/duty                            waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/consent-text                    waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/outcomes                        waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /api/rating-options                  waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  /authority.crt                       waiting  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  /{path:path}                         waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200

# Who one is
GET  /api/staff/me                        serving  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/staff/login                     waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/staff/password                  waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/staff/second-factor             waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/staff/second-factor/confirm     waiting  409  409  409  409  409  409  409  409  409  409  409  409  409  409
POST /api/staff/station                   waiting  401  401  401  200  200  200  200  200  403  403  403  403  403  200
POST /api/staff/station                   serving  401  401  401  409  200  200  200  200  403  403  403  403  403  409
POST /api/staff/sign-out                  waiting  401  401  401  200  200  200  200  200  200  200  200  200  200  200
POST /api/staff/sign-out                  serving  401  401  401  409  200  200  200  200  200  200  200  200  200  409
GET  /api/applicant/me                    serving  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/applicant/enter                 waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/applicant/device-link           serving  401  200  200  401  401  401  401  401  401  401  401  401  401  401
POST /api/applicant/continue              serving  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST /api/applicant/phone-code            waiting  401  200  200  401  401  401  401  401  401  401  401  401  401  401
POST /api/applicant/phone-code/confirm    waiting  401  200  410  401  401  401  401  401  401  401  401  401  401  401
POST /api/applicant/sign-out              waiting  401  200  200  401  401  401  401  401  401  401  401  401  401  401

# The state documents
GET  /api/applicant/state                 waiting  401  200  200  401  401  401  401  401  401  401  401  401  401  401
GET  /api/applicant/state                 serving  401  200  200  401  401  401  401  401  401  401  401  401  401  401
GET  /api/applicant/state                 done     401  200  200  401  401  401  401  401  401  401  401  401  401  401
GET  /api/workbench/state                 ringing  401  401  401  200  200  200  200  200  403  403  403  403  403  200
GET  /api/workbench/state                 serving  401  401  401  200  200  200  200  200  403  403  403  403  403  200
GET  /api/workbench/state                 wrapping 401  401  401  200  200  200  200  200  403  403  403  403  403  200

# The ticket of a citizen
POST /api/tickets                         waiting  401  200  200  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets                         done     401  201  200  401  401  401  401  401  401  401  401  401  401  401
GET  /api/tickets/{ticket_id}             waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
GET  /api/tickets/{ticket_id}             serving  401  200  404  401  401  401  401  401  401  401  401  401  401  401
GET  /api/tickets/{ticket_id}             done     401  200  404  401  401  401  401  401  401  401  401  401  401  401
GET  /api/tickets/{other_ticket_id}       waiting  401  404  200  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/leave       waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/leave       ringing  401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/leave       serving  401  409  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{other_ticket_id}/leave waiting  401  404  200  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/postpone    serving  401  200  404  401  401  401  401  401  401  401  401  401  401  401
GET  /api/tickets/{ticket_id}/callback    waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
GET  /api/tickets/{ticket_id}/callback    serving  401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/callback    ringing  401  409  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/callback    serving  401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/callback    done     401  409  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/tickets/{ticket_id}/callback/now serving 401  409  404  401  401  401  401  401  401  401  401  401  401  401

# The workbench
POST /api/workbench/presence              waiting  401  401  401  200  200  200  200  200  403  403  403  403  403  200
GET  /api/workbench/queue                 waiting  401  401  401  200  200  200  200  200  200  200  200  200  200  200
GET  /api/workbench/queue                 ringing  401  401  401  200  200  200  200  200  200  200  200  200  200  200
GET  /api/workbench/colleagues            waiting  401  401  401  200  200  200  200  200  200  200  200  200  200  200
GET  /api/workbench/today                 done     401  401  401  200  200  200  200  200  200  200  200  200  200  200
GET  /api/workbench/misses                ringing  401  401  401  200  200  200  200  200  200  200  200  200  200  200
POST /api/workbench/misses/reason         ringing  401  401  401  409  409  409  409  409  403  403  403  403  403  409
GET  /api/workbench/tickets/{ticket_id}   waiting  401  401  401  404  404  404  404  404  404  404  404  404  404  404
GET  /api/workbench/tickets/{ticket_id}   ringing  401  401  401  200  404  404  404  404  404  404  404  404  404  404
GET  /api/workbench/tickets/{ticket_id}   serving  401  401  401  200  404  404  404  404  404  404  404  404  404  200
GET  /api/workbench/tickets/{ticket_id}   wrapping 401  401  401  200  404  404  404  404  404  404  404  404  404  404
GET  /api/workbench/tickets/{other_ticket_id} waiting 401 401 401 404 404 404 404 404 404 404 404 404 404 404
GET  /api/workbench/tickets/{ticket_id}/callback ringing 401 401 401 404 404 404 404 404 404 404 404 404 404 404
GET  /api/workbench/tickets/{ticket_id}/callback serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404
POST /api/workbench/tickets/{ticket_id}/callback serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404
POST /api/workbench/tickets/{ticket_id}/callback wrapping 401 401 401 404 404 404 404 404 404 404 404 404 404 404
POST /api/workbench/tickets/{ticket_id}/callback/now waiting 401 401 401 409 409 404 404 403 403 403 404 404 404 403
POST /api/workbench/tickets/{ticket_id}/callback/now serving 401 401 401 409 409 404 404 403 403 403 404 404 404 403
POST /api/engagements/{engagement_id}/accept ringing 401 401 401 200 404 404 404 404 404 404 404 404 404 404
POST /api/engagements/{engagement_id}/accept serving 401 401 401 409 404 404 404 404 404 404 404 404 404 404
POST /api/engagements/{engagement_id}/writing ringing 401 401 401 403 404 404 404 404 404 404 404 404 404 404
POST /api/engagements/{engagement_id}/reply ringing 401 401 401 403 404 404 404 404 404 404 404 404 404 404
POST /api/engagements/{engagement_id}/decline ringing 401 401 401 200 404 404 404 404 404 404 404 404 404 404

# The call and what became of it; a page that has not joined has nothing to measure
POST /api/calls/{call_id}/join            serving  401  200  404  200  404  404  404  404  404  404  404  404  404  200
POST /api/calls/{call_id}/join            wrapping 401  409  404  409  404  404  404  404  404  404  404  404  404  404
POST /api/calls/{call_id}/end             serving  401  200  404  200  404  404  404  404  404  404  404  404  404  403
PUT  /api/calls/{call_id}/hold            serving  401  401  401  200  404  404  404  404  404  404  404  404  404  403
DELETE /api/calls/{call_id}/hold          serving  401  401  401  200  404  404  404  404  404  404  404  404  404  403
POST /api/calls/{call_id}/end-for-abuse   serving  401  401  401  200  404  404  404  404  404  404  404  404  404  404
PUT  /api/calls/{call_id}/stage           serving  401  200  404  200  404  404  404  404  404  404  404  404  404  403
DELETE /api/calls/{call_id}/stage         serving  401  200  404  200  404  404  404  404  404  404  404  404  404  403
PUT  /api/calls/{call_id}/stage/view      serving  401  401  401  200  404  404  404  404  404  404  404  404  404  200
PUT  /api/calls/{call_id}/stage/cover     serving  401  403  404  403  404  404  404  404  404  404  404  404  404  403
GET  /api/calls/{call_id}/strokes         serving  401  200  404  200  404  404  404  404  404  404  404  404  404  200
POST /api/calls/{call_id}/strokes         serving  401  401  401  200  404  404  404  404  404  404  404  404  404  200
DELETE /api/calls/{call_id}/strokes/{stage_no}/{stroke_id} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 200
DELETE /api/calls/{call_id}/strokes/{stage_no} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 200
POST /api/calls/{call_id}/quality         serving  401  404  404  200  404  404  404  404  404  404  404  404  404  200
POST /api/calls/{call_id}/quality         wrapping 401  404  404  200  404  404  404  404  404  404  404  404  404  200
GET  /api/call-quality                    serving  401  401  401  403  403  403  403  403  200  200  200  403  403  403
POST /api/calls/{call_id}/photos          serving  401  401  401  409  404  404  404  404  404  404  404  404  404  403
POST /api/calls/{call_id}/photos/{photo_id}/withdraw serving 401 401 401 200 404 404 404 404 404 404 404 404 404 403
POST /api/calls/{call_id}/photos/{photo_id}/decline serving 401 200 404 401 401 401 401 401 401 401 401 401 401 401
PUT  /api/calls/{call_id}/photos/{photo_id}/file serving 401 200 404 401 401 401 401 401 401 401 401 401 401 401
PUT  /api/calls/{call_id}/photos/{photo_id}/file wrapping 401 409 404 401 401 401 401 401 401 401 401 401 401 401
POST /api/calls/{call_id}/links           serving  401  401  401  200  404  404  404  404  404  404  404  404  404  403
POST /api/calls/{call_id}/links           wrapping 401  401  401  409  404  404  404  404  404  404  404  404  404  404
POST /api/calls/{call_id}/documents       serving  401  401  401  200  404  404  404  404  404  404  404  404  404  403
POST /api/calls/{call_id}/documents       wrapping 401  401  401  409  404  404  404  404  404  404  404  404  404  404
POST /api/calls/{call_id}/pushed/{pushed_id}/opened serving 401 200 404 401 401 401 401 401 401 401 401 401 401 401
GET  /api/sessions/{session_id}/pushed    serving  401  200  404  200  404  404  404  404  404  404  404  404  404  200
GET  /api/sessions/{session_id}/pushed    done     401  200  404  200  404  404  404  404  404  404  404  404  404  404
GET  /api/sessions/{session_id}           serving  401  200  404  200  404  404  404  404  200  200  404  404  404  200
GET  /api/sessions/{session_id}           done     401  200  404  200  404  404  404  404  200  200  404  404  404  404
PUT  /api/sessions/{session_id}/draft     wrapping 401  401  401  200  404  404  404  404  404  404  404  404  404  404
POST /api/sessions/{session_id}/wrap-up   wrapping 401  401  401  200  404  404  404  404  404  404  404  404  404  404
POST /api/sessions/{session_id}/wrap-up   done     401  401  401  409  404  404  404  404  404  404  404  404  404  404
POST /api/sessions/{session_id}/rating    wrapping 401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/sessions/{session_id}/rating    done     401  409  404  401  401  401  401  401  401  401  401  401  401  401

# What a session is about
GET  /api/sessions/{session_id}/matters   serving  401  200  404  200  404  404  404  404  200  200  404  404  404  200
GET  /api/sessions/{session_id}/matters   done     401  200  404  200  404  404  404  404  200  200  404  404  404  404
POST /api/sessions/{session_id}/matters   serving  401  401  401  200  404  404  404  404  404  404  404  404  404  404
POST /api/sessions/{session_id}/matters   wrapping 401  401  401  409  404  404  404  404  404  404  404  404  404  404
PUT  /api/sessions/{session_id}/matters/{own_matter_id} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404
PUT  /api/sessions/{session_id}/matters/{matter_id} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404
DELETE /api/sessions/{session_id}/matters/{matter_id} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404
GET /api/sessions/{session_id}/matters/{matter_id}/guide serving 401 200 404 200 404 404 404 404 200 200 404 404 404 200
# What follows a session that was ended for abuse; this one is put down as such at its end
GET  /api/abuse                           done     401  401  401  200  200  200  200  200  200  200  200  200  200  200
POST /api/abuse/{session_id}/block        done     401  401  401  404  404  404  404  404  200  200  404  404  404  404
POST /api/abuse/{session_id}/block        serving  401  401  401  404  404  404  404  404  404  404  404  404  404  404
POST /api/blocks/{block_id}/lift          done     401  401  401  404  404  404  404  404  200  200  404  404  404  404

# The live line where WebSockets are blocked; what each hears is in test_live.py
POST /api/live/poll                       serving  401  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/live/messages                   serving  401  200  200  200  200  200  200  200  200  200  200  200  200  200

# Files in a session
POST /api/sessions/{session_id}/files     serving  401  200  404  200  404  404  404  404  404  404  404  404  404  200
POST /api/sessions/{session_id}/files     wrapping 401  409  404  200  404  404  404  404  404  404  404  404  404  404
POST /api/sessions/{session_id}/files     done     401  409  404  409  404  404  404  404  404  404  404  404  404  404
GET  /api/files/{file_id}                 serving  401  200  404  200  404  404  404  404  200  200  404  404  404  200
GET  /api/files/{file_id}                 done     401  200  404  200  404  404  404  404  200  200  404  404  404  404
GET  /api/files/{own_file_id}             serving  401  200  404  404  404  404  404  404  404  404  404  404  404  404
GET  /api/files/{file_id}/small           serving  401  403  403  404  404  404  404  404  404  404  404  404  404  404
GET  /api/sessions/{session_id}/pictures  serving  401  401  401  200  404  404  404  404  404  404  404  404  404  200
GET  /api/sessions/{session_id}/pictures  done     401  401  401  200  404  404  404  404  404  404  404  404  404  404

# Who is asked into the call
GET  /api/calls/{call_id}/candidates      serving  401  401  401  200  404  404  404  404  404  404  404  404  404  403
POST /api/calls/{call_id}/invitations     serving  401  401  401  200  404  404  404  404  404  404  404  404  404  403
DELETE /api/calls/{call_id}/invitations/{invitation_id} serving 401 401 401 409 404 404 404 404 404 404 404 404 404 403
GET  /api/calls/{call_id}/invitations/{invitation_id}/reply serving 401 401 401 404 404 404 404 404 404 404 404 404 404 403
DELETE /api/calls/{call_id}/participants/{participant_id} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 403
GET  /api/calls/{call_id}/transfer        serving  401  401  401  200  404  404  404  404  404  404  404  404  404  403
POST /api/calls/{call_id}/transfer        serving  401  401  401  409  404  404  404  404  404  404  404  404  404  403
POST /api/calls/{call_id}/leave           serving  401  401  401  403  404  404  404  404  404  404  404  404  404  200

# How far the coaching has come
PUT  /api/sessions/{session_id}/coaching/{step} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404
DELETE /api/sessions/{session_id}/coaching/{step} serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404

# The chat of a session
POST /api/sessions/{session_id}/messages  serving  401  200  404  200  404  404  404  404  404  404  404  404  404  200
POST /api/sessions/{session_id}/messages  wrapping 401  409  404  200  404  404  404  404  404  404  404  404  404  404
GET  /api/sessions/{session_id}/messages  serving  401  200  404  200  404  404  404  404  200  200  404  404  404  200
GET  /api/sessions/{session_id}/messages  done     401  200  404  200  404  404  404  404  200  200  404  404  404  404
POST /api/sessions/{session_id}/messages/marks serving 401 200 404 200 404 404 404 404 404 404 404 404 404 200
GET  /api/sessions/{session_id}/canned-replies serving 401 401 401 200 404 404 404 404 404 404 404 404 404 404
GET  /api/sessions/{session_id}/canned-replies done 401 401 401 200 404 404 404 404 404 404 404 404 404 404

# Letters; the one of one's own is answered
GET  /api/items/{key}/letter-terms        waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/letters                         waiting  401  201  201  401  401  401  401  401  401  401  401  401  401  401
GET  /api/letters/{letter_id}             waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
GET  /api/letters/{own_letter_id}         waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/letters/{letter_id}/again       waiting  401  409  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/letters/{own_letter_id}/again   waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/letters/{letter_id}/withdraw    waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/letters/{own_letter_id}/withdraw waiting 401  409  404  401  401  401  401  401  401  401  401  401  401  401
POST /api/letters/{own_letter_id}/read    waiting  401  200  404  401  401  401  401  401  401  401  401  401  401  401
GET  /api/workbench/letters               waiting  401  401  401  200  200  200  200  200  200  200  200  200  200  200
GET  /api/workbench/letters/{letter_id}   waiting  401  401  401  200  200  404  404  404  200  200  404  404  404  404
POST /api/workbench/letters/{letter_id}/hold waiting 401 401 401 200 200 404 404 404 404 404 404 404 404 404
POST /api/workbench/letters/{own_letter_id}/hold waiting 401 401 401 409 409 404 404 404 404 404 404 404 404 404
POST /api/workbench/letters/{letter_id}/release waiting 401 401 401 200 200 404 404 404 404 404 404 404 404 404
POST /api/workbench/letters/{letter_id}/answer waiting 401 401 401 200 200 404 404 404 404 404 404 404 404 404
POST /api/workbench/letters/{own_letter_id}/answer waiting 401 401 401 409 409 404 404 404 404 404 404 404 404 404

# Instruments of tests and demonstrations; in production they do not exist
GET  /api/outbox                          waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/outbox/{message_id}/phone       waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/test/clock                      waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST /api/test/failpoints                 waiting  200  200  200  200  200  200  200  200  200  200  200  200  200  200
"""  # noqa: E501  a row of the table is one line

_WRAP_UP = {"outcome": "guided_online", "summary": "指导网上参保，已提交。", "next_step": "none"}

_QUALITY = {
    "attempt": 1,
    "number": 2,
    "setup_ms": 640,
    "first_frame_ms": 910,
    "freezes": 1,
    "frozen_ms": 300,
    "loss_permille": 12,
    "round_trip_ms": 48,
    "worst_round_trip_ms": 210,
    "kbps": 900,
    "rung_changes": 0,
    "relay": False,
    "cause": None,
}

_WHO = {"account": "jinjianguo", "password": "{password}"}

BODIES: dict[str, Any] = {
    "POST /api/staff/login": _WHO | {"station_id": "{station_id}"},
    "POST /api/staff/password": _WHO | {"station_id": "{station_id}", "new_password": "rain-on-the-window-7"},
    "POST /api/staff/second-factor": _WHO,
    "POST /api/staff/second-factor/confirm": _WHO | {"code": "123456"},
    "POST /api/staff/station": {"station_id": "{other_station_id}"},
    "POST /api/applicant/enter": {"form_of_address": "郭先生", "phone": "19900001399", "elderly": False},
    "POST /api/applicant/device-link": None,
    "POST /api/applicant/continue": {"token": "of-nobody"},
    "POST /api/applicant/phone-code": None,
    "POST /api/applicant/phone-code/confirm": {"code": "123456"},
    "POST /api/tickets": {
        "item_key": "P01",
        "region_code": "411002000000",
        "consent_version": "2026-11",
        "device": "phone",
    },
    "POST /api/tickets/{ticket_id}/callback": {"minutes": 30},
    "POST /api/tickets/{ticket_id}/callback/now": None,
    "POST /api/workbench/tickets/{ticket_id}/callback": {"minutes": 30},
    "POST /api/workbench/tickets/{ticket_id}/callback/now": None,
    "POST /api/workbench/presence": {"wanted": "break", "reason": "meeting"},
    "POST /api/workbench/misses/reason": {"reason": "helping_on_site"},
    "POST /api/engagements/{engagement_id}/reply": {"words": "能认"},
    "POST /api/engagements/{engagement_id}/decline": {"reason": "conflict_of_interest"},
    "POST /api/calls/{call_id}/end-for-abuse": {"words": "三次提醒后还在骂人"},
    "POST /api/abuse/{session_id}/block": {"days": 3, "reason": "insults"},
    "POST /api/calls/{call_id}/invitations": {"staff_id": "{mate_id}"},
    "POST /api/calls/{call_id}/transfer": {"to": "person", "id": "{mate_id}"},
    "POST /api/calls/{call_id}/leave": None,
    "PUT /api/calls/{call_id}/stage": {"kind": "document", "participant_id": "{place_id}"},
    "PUT /api/calls/{call_id}/stage/view": {"no": "{stage_no}", "turn": 90, "zoom": 200, "x": 1, "y": 2},
    "PUT /api/calls/{call_id}/stage/cover": {"no": "{stage_no}", "covered": True},
    "POST /api/calls/{call_id}/strokes": {
        "no": "{stage_no}",
        "id": "01890000-0000-7000-8000-000000000002",
        "tool": "arrow",
        "colour": "red",
        "places": [1, 2, 3, 4],
    },
    "POST /api/sessions/{session_id}/matters": {"item_key": "P04"},
    "PUT /api/sessions/{session_id}/matters/{own_matter_id}": {"item_key": "P04"},
    "PUT /api/sessions/{session_id}/matters/{matter_id}": {"item_key": "P04"},
    "POST /api/calls/{call_id}/quality": _QUALITY,
    "POST /api/calls/{call_id}/photos": {"what": "id_front", "material": None},
    "POST /api/calls/{call_id}/photos/{photo_id}/withdraw": None,
    "POST /api/calls/{call_id}/photos/{photo_id}/decline": None,
    "PUT /api/calls/{call_id}/photos/{photo_id}/file": {
        "file_id": "{photo_file_id}",
        "way": "track",
        "width": 120,
        "height": 80,
        "warnings": [],
    },
    "POST /api/calls/{call_id}/links": {"kind": "guide", "matter_id": "{own_matter_id}"},
    "PUT /api/sessions/{session_id}/draft": {"outcome": None, "summary": "还没写完", "next_step": "none"},
    "POST /api/sessions/{session_id}/wrap-up": _WRAP_UP,
    "POST /api/sessions/{session_id}/rating": {"level": 2, "options": ["213"], "text": "等得久"},
    "POST /api/letters": {"item_key": "P01", "region_code": "411002000000", "words": "卡丢了，待遇会不会停发？"},
    "POST /api/letters/{letter_id}/again": {"words": "那要带什么？"},
    "POST /api/letters/{own_letter_id}/again": {"words": "那要带什么？"},
    "POST /api/workbench/letters/{letter_id}/answer": {"to": "{letter_entry_id}", "words": "不会停发。"},
    "POST /api/workbench/letters/{own_letter_id}/answer": {"to": "{letter_entry_id}", "words": "不会停发。"},
    "POST /api/live/poll": {"tab": "0198f2b4-0000-7000-8000-000000000001", "after": {}, "watch": [], "mark": None},
    "POST /api/live/messages": {"messages": [{"type": "media"}]},
    "POST /api/sessions/{session_id}/messages": {"client_id": "{fresh}", "text": "好的"},
    "POST /api/sessions/{session_id}/messages/marks": {"delivered": 2, "read": 2},
    "POST /api/test/clock": {"seconds": 0},
    "POST /api/test/failpoints": {"name": "nothing", "effect": "off"},
}

FILES: dict[str, tuple[bytes, dict[str, str]]] = {
    "POST /api/calls/{call_id}/documents": (FORM, {}),
    "POST /api/sessions/{session_id}/files": (PDF, {"purpose": "document"}),
}
"""Routes whose body is a file, with the file and the query."""

UNCHANGING = {
    "DELETE /api/sessions/{session_id}/coaching/{step}",  # nothing is ticked there
    "DELETE /api/calls/{call_id}/hold",
    "POST /api/live/messages",
    "POST /api/workbench/letters/{letter_id}/release",  # nobody holds it there
    "POST /api/sessions/{session_id}/messages/marks",  # what the invited one has read the clerk has not
    "POST /api/test/clock",
    "POST /api/test/failpoints",
}
"""Allowed mutations that have nothing to change in this world."""

LOOKS = {
    "GET /api/abuse",
    "GET /api/workbench/tickets/{ticket_id}",
    "GET /api/workbench/letters/{letter_id}",
    "GET /api/files/{file_id}",
    "GET /api/sessions/{session_id}/messages",
}
"""Reads that leave an audit row when they are allowed (invariant 11)."""

SECRETS = (
    *(
        "ticket",
        "engagement",
        "session",
        "call",
        "name",
        "masked_phone",
        "phone",
        "summary",
        "rated",
        "paper",
        "said",
        "asked",
    ),
    *("other_ticket", "other_name", "far_ticket", *(f"{actor}_id" for actor in (*CITIZENS, *STAFF))),
)
"""What is looked for in every answer: ids, a name, a phone. It may appear where `SHOWN` says, and nowhere else."""

_DESK = "agent mate line"
SHOWN: dict[tuple[str, str], dict[str, str]] = {
    ("GET /api/staff/me", "serving"): {f"{actor}_id": actor for actor in STAFF},
    ("GET /api/applicant/me", "serving"): {
        "owner_id": "owner",
        "other_id": "other",
        "name": "owner",
        "other_name": "other",
        "masked_phone": "owner",
    },
    ("GET /api/letters/{letter_id}", "waiting"): {"asked": "owner"},
    ("GET /api/workbench/letters/{letter_id}", "waiting"): {
        "asked": "agent mate super home",
        "name": "agent mate super home",
        "masked_phone": "agent mate super home",
    },
    ("GET /api/abuse", "done"): {"session": "super home"},
    ("POST /api/calls/{call_id}/end-for-abuse", "serving"): {"call": "agent", "session": "agent"},
    # a demonstration shows everybody what came to phones
    ("GET /api/outbox", "waiting"): {"masked_phone": " ".join(ACTORS)},
    ("POST /api/outbox/{message_id}/phone", "waiting"): {"phone": " ".join(ACTORS)},
    ("POST /api/applicant/phone-code/confirm", "waiting"): {
        "owner_id": "owner",
        "name": "owner",
        "masked_phone": "owner",
    },
    ("GET /api/applicant/state", "waiting"): {
        "ticket": "owner",
        "other_ticket": "other",
        "owner_id": "owner",
        "other_id": "other",
    },
    ("GET /api/applicant/state", "serving"): {
        "ticket": "owner",
        "session": "owner",
        "call": "owner",
        "agent_id": "owner",
        "other_ticket": "other",
        "owner_id": "owner",
        "other_id": "other",
    },
    ("GET /api/applicant/state", "done"): {
        "ticket": "owner",
        "session": "owner",
        "call": "owner",
        "agent_id": "owner",
        "rated": "owner",
        "other_ticket": "other",
        "owner_id": "owner",
        "other_id": "other",
    },
    ("GET /api/workbench/state", "ringing"): {
        "ticket": "agent",
        "engagement": "agent",
        **{f"{actor}_id": actor for actor in ("agent", "mate", "line", "sibling", "city", "expert")},
    },
    ("GET /api/workbench/state", "serving"): {
        "ticket": "agent expert",
        "session": "agent expert",
        "call": "agent expert",
        **{f"{actor}_id": actor for actor in ("agent", "mate", "line", "sibling", "city", "expert")},
    },
    ("GET /api/workbench/state", "wrapping"): {
        "ticket": "agent",
        "session": "agent",
        "call": "agent",
        **{f"{actor}_id": actor for actor in ("agent", "mate", "line", "sibling", "city", "expert")},
    },
    ("POST /api/tickets", "waiting"): {"ticket": "owner", "other_ticket": "other"},
    ("POST /api/tickets", "done"): {"other_ticket": "other"},
    ("GET /api/tickets/{ticket_id}", "waiting"): {"ticket": "owner"},
    ("GET /api/tickets/{ticket_id}", "serving"): {"ticket": "owner", "session": "owner"},
    ("GET /api/tickets/{ticket_id}", "done"): {"ticket": "owner", "session": "owner"},
    ("GET /api/tickets/{other_ticket_id}", "waiting"): {"other_ticket": "other"},
    ("POST /api/tickets/{ticket_id}/leave", "waiting"): {"ticket": "owner"},
    ("POST /api/tickets/{ticket_id}/leave", "ringing"): {"ticket": "owner"},
    ("POST /api/tickets/{other_ticket_id}/leave", "waiting"): {"other_ticket": "other"},
    ("POST /api/tickets/{ticket_id}/postpone", "serving"): {"ticket": "owner", "session": "owner"},
    ("POST /api/tickets/{ticket_id}/callback", "serving"): {"ticket": "owner", "session": "owner"},
    # fenglei sits at the desk, but not for this department line
    ("GET /api/workbench/queue", "waiting"): {
        "ticket": "agent mate",
        "other_ticket": "sibling",
        "far_ticket": "city expert",
    },
    ("GET /api/workbench/queue", "ringing"): {
        "ticket": "agent mate",
        "other_ticket": "sibling",
        "far_ticket": "city expert",
    },
    # the expert at the city's desk is of another organisation
    ("GET /api/workbench/colleagues", "waiting"): {
        "agent_id": _DESK,
        "mate_id": _DESK,
        "line_id": _DESK,
        "sibling_id": "sibling",
        "city_id": "city",
        "expert_id": "expert",
    },
    ("GET /api/workbench/tickets/{ticket_id}", "ringing"): {
        "ticket": "agent",
        "name": "agent",
        "masked_phone": "agent",
    },
    ("GET /api/workbench/tickets/{ticket_id}", "serving"): {
        "ticket": "agent expert",
        "name": "agent expert",
        "masked_phone": "agent expert",
    },
    ("GET /api/workbench/tickets/{ticket_id}", "wrapping"): {
        "ticket": "agent",
        "name": "agent",
        "masked_phone": "agent",
    },
    ("POST /api/engagements/{engagement_id}/accept", "ringing"): {"ticket": "agent"},
    ("POST /api/calls/{call_id}/join", "serving"): {"call": "owner agent expert", "session": "owner agent expert"},
    ("GET /api/calls/{call_id}/candidates", "serving"): dict.fromkeys(("mate_id", "city_id", "expert_id"), "agent"),
    ("PUT /api/sessions/{session_id}/coaching/{step}", "serving"): {"ticket": "agent", "session": "agent"},
    ("DELETE /api/sessions/{session_id}/coaching/{step}", "serving"): {"ticket": "agent", "session": "agent"},
    ("GET /api/calls/{call_id}/transfer", "serving"): dict.fromkeys(("mate_id", "city_id"), "agent"),
    ("POST /api/calls/{call_id}/invitations", "serving"): {"call": "agent", "session": "agent"},
    ("DELETE /api/calls/{call_id}/participants/{participant_id}", "serving"): {"call": "agent", "session": "agent"},
    ("POST /api/calls/{call_id}/leave", "serving"): {"call": "expert", "session": "expert"},
    ("PUT /api/calls/{call_id}/hold", "serving"): {"call": "agent", "session": "agent"},
    ("DELETE /api/calls/{call_id}/hold", "serving"): {"call": "agent", "session": "agent"},
    ("DELETE /api/calls/{call_id}/stage", "serving"): {"call": "owner agent", "session": "owner agent"},
    ("GET /api/call-quality", "serving"): {"call": "super home"},
    ("POST /api/calls/{call_id}/end", "serving"): {"call": "owner agent", "session": "owner agent"},
    ("GET /api/sessions/{session_id}", "serving"): {
        "session": "owner agent super home expert",
        "agent_id": "owner agent super home expert",
    },
    # the rated clerk never learns a single rating
    ("GET /api/sessions/{session_id}", "done"): {
        "session": "owner agent super home",
        "agent_id": "owner agent super home",
        "summary": "owner agent super home",
        "rated": "owner super home",
    },
    **{
        ("GET /api/sessions/{session_id}/messages", stage): {"session": who, "said": who}
        for stage, who in (("serving", "owner agent super home expert"), ("done", "owner agent super home"))
    },
    # the first matter goes by the key of the ticket
    **{
        ("GET /api/sessions/{session_id}/matters", stage): {"ticket": who}
        for stage, who in (("serving", "owner agent super home expert"), ("done", "owner agent super home"))
    },
    ("POST /api/sessions/{session_id}/matters", "serving"): {"ticket": "agent"},
    ("PUT /api/sessions/{session_id}/matters/{own_matter_id}", "serving"): {"ticket": "agent"},
    ("PUT /api/sessions/{session_id}/matters/{matter_id}", "serving"): {"ticket": "agent"},
    ("DELETE /api/sessions/{session_id}/matters/{matter_id}", "serving"): {"ticket": "agent"},
    ("POST /api/sessions/{session_id}/messages/marks", "serving"): {"session": "owner agent expert"},
    ("GET /api/files/{file_id}", "serving"): {"paper": "owner agent super home expert"},
    ("GET /api/files/{file_id}", "done"): {"paper": "owner agent super home"},
    # what was not sent yet is its sender's alone
    ("GET /api/files/{own_file_id}", "serving"): {"paper": "owner"},
    ("POST /api/sessions/{session_id}/wrap-up", "wrapping"): {"session": "agent", "agent_id": "agent"},
    ("POST /api/sessions/{session_id}/rating", "wrapping"): {"session": "owner", "rated": "owner"},
}

LIVE_ROUTE = "WS   /api/ws"
LIVE = {
    # actor: which desks' hints it may watch, of 魏都 social, 建安 social, city social; no entry: no live line at all
    "owner": ("weidu",),
    "other": ("jianan",),
    "agent": ("weidu",),
    "mate": ("weidu",),
    "line": ("weidu",),
    "sibling": ("jianan",),
    "city": ("city",),
    "super": (),
    "home": (),
    "away": (),
    "auditor": (),
    "sysadmin": (),
    "expert": ("city",),
}
"""The live line: everybody who is signed in has one, with the own stream and the own desks; a stranger has none."""


@dataclass(frozen=True)
class Row:
    """One route at one moment: the status for each actor, and who sees what."""

    route: str
    at: str
    expect: dict[str, int]
    shown: dict[str, frozenset[str]] = field(hash=False)

    @property
    def method(self) -> str:
        return self.route.split(" ")[0]

    @property
    def path(self) -> str:
        return self.route.split(" ")[1]

    def __str__(self) -> str:
        return f"{self.route} at {self.at}"


def _read() -> list[Row]:
    lines = [line.split() for line in _TABLE.splitlines() if line and not line.startswith("#")]
    head, *body = lines
    assert tuple(head) == ("route", "at", *HEADS)
    rows = []
    for method, path, at, *statuses in body:
        route = f"{method} {path}"
        shown = {thing: frozenset(who.split()) for thing, who in SHOWN.get((route, at), {}).items()}
        expect = dict(zip(ACTORS, map(int, statuses), strict=True))
        assert at in STAGES
        assert set(shown) <= set(SECRETS)
        rows.append(Row(route, at, expect, shown))
    assert {(row.route, row.at) for row in rows} >= set(SHOWN)
    assert len({(row.route, row.at) for row in rows}) == len(rows)
    return rows


ROWS = _read()
