"""What the framework holds: labels in the reader's language, lists, competencies, job profiles and their templates."""

from skills_bridge.queries.framework.competencies import (
    CompetencyLine,
    CompetencyRef,
    RequirementLine,
    find_competencies,
    list_competencies,
    list_own_competencies,
    list_schemes,
    requirement_line,
    requirement_lines,
    resolve_competencies,
)
from skills_bridge.queries.framework.labels import Label, label_columns, label_of
from skills_bridge.queries.framework.lists import (
    Choice,
    ListLabels,
    ReferenceChoices,
    get_list_labels,
    get_reference_choices,
    list_profile_choices,
    list_province_choices,
)
from skills_bridge.queries.framework.profiles import (
    ProfileLine,
    ProfilePage,
    get_profile_page,
    get_template,
    list_profiles,
)

__all__ = [
    "Choice",
    "CompetencyLine",
    "CompetencyRef",
    "Label",
    "ListLabels",
    "ProfileLine",
    "ProfilePage",
    "ReferenceChoices",
    "RequirementLine",
    "find_competencies",
    "get_list_labels",
    "get_profile_page",
    "get_reference_choices",
    "get_template",
    "label_columns",
    "label_of",
    "list_competencies",
    "list_own_competencies",
    "list_profile_choices",
    "list_profiles",
    "list_province_choices",
    "list_schemes",
    "requirement_line",
    "requirement_lines",
    "resolve_competencies",
]
