export { type ReplicationPolicy, replicationPolicies } from "./policies";
export type { EnforcementLevel, Rule, RuleName, ValidatedResource } from "./rule";
export { rules } from "./rules";
export type { Circumstances, PolicySettings } from "./settings";
export type { ChangeWindow, Weekday } from "./window";
