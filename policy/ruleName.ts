/** As of @pulumi/policy: said only, stops the run, or not judged. */
export type EnforcementLevel = "advisory" | "mandatory" | "disabled";

/** Names of the rules. */
export type RuleName =
	| "no-data-loss-without-reason"
	| "no-role-change-outside-window"
	| "active-needs-lag-gate"
	| "asynchronous-needs-recovery-point-objective"
	| "production-uses-no-simulator"
	| "deletion-needs-label"
	| "drill-needs-expiry"
	| "expendable-everything-needs-reason";
