import type { ValidatedResource } from "./rule";
import type { EnforcementLevel, RuleName } from "./ruleName";
import { rules } from "./rules";
import { circumstancesOf, type PolicySettings } from "./settings";

/** A policy as `new PolicyPack(name, { policies })` of @pulumi/policy takes it. */
export interface ReplicationPolicy {
	/** Name of its rule. */
	name: RuleName;
	/** What it asks for. */
	description: string;
	/** As the settings say. */
	enforcementLevel: EnforcementLevel;
	/** Judges one resource; those of other types are none of its business. */
	validateResource: (resource: ValidatedResource, reportViolation: (message: string) => void) => void;
}

/**
 * The rules as policies of a pack.
 *
 * ```ts
 * new PolicyPack("storage-replication", { policies: replicationPolicies({ reason: /^CHG-\d+/ }) });
 * ```
 */
export function replicationPolicies(settings: PolicySettings = {}): ReplicationPolicy[] {
	return rules.map(({ name, description, types, judge }) => ({
		name,
		description,
		enforcementLevel: settings.enforcement?.[name] ?? "mandatory",
		validateResource: (resource, reportViolation) => {
			if (!types.includes(resource.type)) return;
			const wrong = judge(resource, circumstancesOf(settings, process.env));
			if (wrong !== null) reportViolation(`${resource.name}: ${wrong}`);
		},
	}));
}
