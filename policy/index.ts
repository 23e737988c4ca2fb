export { type ReplicationPolicy, replicationPolicies } from "./policies";
export type { Rule, ValidatedResource } from "./rule";
export type { EnforcementLevel, RuleName } from "./ruleName";
export { rules } from "./rules";
export type { Circumstances, PolicySettings } from "./settings";
export type { ChangeWindow, Weekday } from "./window";
