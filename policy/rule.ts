import type { RuleName } from "./ruleName";
import type { Circumstances } from "./settings";

/**
 * What a rule looks at: of `ResourceValidationArgs` of @pulumi/policy what is used. This package does not depend on that
 * one; the pack that takes the rules brings it.
 */
export interface ValidatedResource {
	/**
	 * `pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication`, `…VirtualDiskSnapshot`, `…VirtualDiskClone` or
	 * `…GroupReplication`.
	 */
	readonly type: string;
	/** Name of the resource in the program. */
	readonly name: string;
	/** Holds the stack's name. */
	readonly urn: string;
	/** Arguments and, where it could be made, the plan. In a preview a value that is not known yet throws when it is read. */
	readonly props: Readonly<Record<string, unknown>>;
	/** Resource options. */
	readonly opts: { readonly protect?: boolean };
	/** The provider with the configuration of the hosts. */
	readonly provider?: { readonly props: Readonly<Record<string, unknown>> };
}

/** One rule: a function of what is declared and of the circumstances, which has no clock and no environment of its own. */
export interface Rule {
	readonly name: RuleName;
	readonly description: string;
	/** Types of the resources that it judges. */
	readonly types: readonly string[];
	/** What is wrong and what to do; null: nothing. */
	judge(resource: ValidatedResource, circumstances: Circumstances): string | null;
}
