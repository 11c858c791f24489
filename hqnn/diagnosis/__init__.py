"""Why a training does not learn, and what may help."""

from hqnn.diagnosis.rules import FALSE_ALARMS, HEALTHY, RULES, STUCK, Diagnosis, Finding, Rule

__all__ = ["FALSE_ALARMS", "HEALTHY", "RULES", "STUCK", "Diagnosis", "Finding", "Rule"]
