"""The nouns: tables, constraints, and QuerySets named after what they answer."""

from alignment.models.audit import AuditEvent
from alignment.models.changes import DataChange
from alignment.models.company import Company
from alignment.models.goals import KeyResult, KeyResultTarget, Objective, Theme
from alignment.models.imports import ImportBatch, ImportRefusedRows
from alignment.models.jobs import Job
from alignment.models.looks import PersonalLook
from alignment.models.metrics import Metric
from alignment.models.observations import Observation, ObservationRevision
from alignment.models.people import Team, User, ValueStream
from alignment.models.portfolio import BudgetLine
from alignment.models.scores import (
    KeyResultPace,
    KeyResultStatus,
    MetricVerdict,
    Score,
    ScorePolicy,
    Signal,
)
from alignment.models.throttle import SignInThrottle
from alignment.models.uploads import ImportProfile, ImportUpload, ImportUploadPart
from alignment.models.work import Epic, Guardrail

__all__ = [
    "AuditEvent",
    "BudgetLine",
    "Company",
    "DataChange",
    "Epic",
    "Guardrail",
    "ImportBatch",
    "ImportProfile",
    "ImportRefusedRows",
    "ImportUpload",
    "ImportUploadPart",
    "Job",
    "KeyResult",
    "KeyResultPace",
    "KeyResultStatus",
    "KeyResultTarget",
    "Metric",
    "MetricVerdict",
    "Objective",
    "Observation",
    "ObservationRevision",
    "PersonalLook",
    "Score",
    "ScorePolicy",
    "SignInThrottle",
    "Signal",
    "Team",
    "Theme",
    "User",
    "ValueStream",
]
