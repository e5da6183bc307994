"""What the catalogue sends over the wire, under the national field names where they exist (domain §3.2)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Flow = Literal["coach", "accept", "support"]


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True)


class Availability(_Schema):
    """Whether one can be helped over video now, by the desk that would serve (model §4, §9).

    `offered` is false when no desk of the region, or of one above, serves item and flow. `estimate_minutes`
    are the shortest and the longest likely wait; None when nobody is ready or serving.
    """

    offered: bool
    open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    present: int
    waiting: int
    estimate_minutes: tuple[int, int] | None
    desk_name: str | None
    desk_id: UUID | None


class ItemSummary(_Schema):
    """An item in a list; `project_type` 1 is 即办件, 2 承诺件; `promise_day` is in working days."""

    key: str
    name: str
    short_name: str
    plain: str
    project_type: Literal["1", "2"]
    promise_day: int
    is_fee: bool
    themes: list[str]
    flows: list[Flow]


class GuideOrganisation(_Schema):
    """The responsible organisation 实施主体."""

    name: str
    phone: str


class Fee(_Schema):
    """A fee with the basis that allows it."""

    name: str
    standard: str
    basis: str


class Facts(_Schema):
    """The limits of an item: working days by law and promised, visits to the hall with their reason, fees.

    `average_minutes` is how long one session takes by experience.
    """

    project_type: Literal["1", "2"]
    promise_day: int
    promise_explain: str | None
    anticipate_day: int
    anticipate_explain: str | None
    limit_scene_num: int
    limit_scene_explain: str | None
    is_fee: bool
    fees: list[Fee]
    handle_area: str
    average_minutes: int


class SituationOption(_Schema):
    """One answer to a question: the materials it adds or makes needless, and the questions it leads to."""

    id: str
    say: str
    adds: list[str]
    skips: list[str]
    then: list["Situation"]


class Situation(_Schema):
    """A question of the situation tree 情形; ids are stable within a version."""

    id: str
    ask: str
    options: list[SituationOption]


class Material(_Schema):
    """A material 申请材料.

    `material_type`: 1 原件 2 复印件 3 原件或复印件; `is_need`: 1 必要 2 非必要 3 容缺后补.
    One that is not `always` needed is needed only when a chosen option adds it.
    """

    key: str
    material_name: str
    material_type: Literal["1", "2", "3"]
    is_need: Literal["1", "2", "3"]
    page_num: int
    always: bool
    source_explain: str | None
    shareable_by: str | None
    accept_stand: str
    example_note: str | None
    form_note: str | None
    review_points: list[str]


class GuideResult(_Schema):
    """What the applicant gets: its type (证照, 文书, 批复, 其他) and name."""

    type: str
    name: str


class Question(_Schema):
    """A frequent question and its answer."""

    q: str
    a: str


class Law(_Schema):
    """A basis in law 设定依据, to the clause."""

    law: str
    clause: str
    text: str


class Guide(_Schema):
    """The guide of an item at one place: the version of the implementation that the region leads to.

    `task_code` is None for a guide of the city, shown when a citizen cannot say in which county (model §4).
    `online_handle_url` is where it is filed online (domain §3.2), None where no address is known.
    """

    key: str
    implementation_id: UUID
    version_id: UUID
    version_no: int
    name: str
    short_name: str
    plain: str
    organisation: GuideOrganisation
    task_code: str | None
    facts: Facts
    accept_condition: list[str]
    situations: list[Situation]
    materials: list[Material]
    handle_flow: list[str]
    result: GuideResult
    faq: list[Question]
    by_law: list[Law]
    online_handle_url: str | None
    consult_phone: str
    complaint_phone: str
    script: str
    coach: Availability
