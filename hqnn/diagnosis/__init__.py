"""Why a run does not learn, and what may help."""

from hqnn.diagnosis.findings import Diagnosis, Finding
from hqnn.diagnosis.rules import FALSE_ALARMS, HEALTHY, RULES, STUCK, Rule

__all__ = ["FALSE_ALARMS", "HEALTHY", "RULES", "STUCK", "Diagnosis", "Finding", "Rule"]
