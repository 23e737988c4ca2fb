import * as pulumi from "@pulumi/pulumi";
import { errorCodes } from "../provider/model/errorCodes";
import { ReplicationError } from "../provider/model/replicationError";
import { otherDeclarationOf } from "./declaredTwice";
import { mustBeDirectDependency } from "./directDependency";
import { ProgramError } from "./programError";

/** How a class shows itself to the engine. */
export interface Declaring {
	readonly type: string;
	/** An output that is not seeded in the arguments does not exist on the resource object. */
	readonly outputNames: readonly string[];
	/** Outputs that tell a disk's name or id. */
	readonly namingOutputs: readonly string[];
	/** Of a class other than a mirror's: the provider tells it by this. */
	readonly kind?: "Snapshot" | "Clone" | "Group" | "ReplicationGroup";
}

type End = pulumi.Input<Readonly<Record<string, pulumi.Input<string | undefined> | undefined>>>;

/** What a class registers with: the arguments, seeds for its outputs, and what the provider cannot ask the engine for. */
export function declared(
	name: string,
	args: {
		readonly source: End;
		readonly target: End;
		readonly pairs?: unknown;
		readonly restore?: pulumi.Input<string> | undefined;
	},
	opts: pulumi.CustomResourceOptions | undefined,
	declaring: Declaring,
): Record<string, unknown> {
	const props = seeded(name, args, opts, declaring);
	const { kind, namingOutputs } = declaring;
	const { source, target, pairs, restore } = args;
	if (restore !== undefined && typeof restore !== "string") props.secretLabel = pulumi.isSecret(pulumi.output(restore));
	// Written-out names are no secret, and asking Pulumi for every resource costs as much as our whole check (measured).
	const named: readonly unknown[] = [
		source,
		target,
		...(Array.isArray(pairs) ? pairs : pairs === undefined ? [] : [pairs]),
	];
	if (!named.every(isWrittenOut)) {
		hideNames(props, pulumi.output([...named]), namingOutputs);
	} else if (isWrittenOut(source) && isWrittenOut(target) && opts?.id === undefined && kind === undefined) {
		props.declaredTwice = otherDeclarationOf(name, { source, target });
	}
	return props;
}

/** What every class registers with, whatever its arguments are. */
export function seeded(
	name: string,
	args: object,
	opts: pulumi.CustomResourceOptions | undefined,
	{ type, outputNames, kind }: Declaring,
): Record<string, unknown> {
	mustBeDirectDependency();
	if (opts?.import !== undefined) throw importNotPossible(name);
	const props: Record<string, unknown> = { ...args };
	for (const output of outputNames) if (!(output in props)) props[output] = undefined;
	if (kind !== undefined) props.kind = kind;
	props.resourceUrn = asPromise(pulumi.createUrn(name, type, opts?.parent));
	props.dryRun = pulumi.runtime.isDryRun();
	return props;
}

/** Where these names are secret, so are the outputs that tell them. */
export function hideNames(
	props: Record<string, unknown>,
	names: pulumi.Output<unknown>,
	outputs: readonly string[],
): void {
	const secretNames = pulumi.isSecret(names);
	props.secretNames = secretNames;
	// What the engine gets as a secret input stays a secret output of the same name.
	for (const output of outputs) {
		const given = props[output];
		props[output] = secretNames.then((secret) => (secret ? pulumi.secret(given ?? "") : given));
	}
}

/** Plain text in every field, and so neither secret nor to be awaited. */
function isWrittenOut(end: unknown): end is { host: string; virtualDisk: string } {
	if (typeof end !== "object" || end === null || Object.getPrototypeOf(end) !== Object.prototype) return false;
	return Object.values(end).every((text) => typeof text === "string");
}

/**
 * The value without what it depends on. As an Output the URN would depend on the parent, which for a component means all
 * its children, this one included: two children would wait for each other for ever (measured).
 */
function asPromise<T>(output: pulumi.Output<T>): Promise<T> {
	return new Promise((resolve) => {
		output.apply(resolve);
	});
}

/** The engine would ask the provider to read what has no state yet, and the provider's code is kept in the state (measured). */
function importNotPossible(name: string): ProgramError {
	return new ProgramError(
		new ReplicationError({
			code: errorCodes.importNotPossible,
			class: "user",
			what: `resource ${name} has the option import, and Pulumi cannot import resources of dynamic providers.`,
			dataSafety: "yes, nothing was changed.",
			remedy: "leave the option out: a relationship that exists is adopted when it is declared, and nothing is sent.",
		}),
	);
}

/** The provider's text is no news to anybody who reads a diff. */
export function withHiddenText(opts: pulumi.CustomResourceOptions | undefined): pulumi.CustomResourceOptions {
	return { ...opts, hideDiffs: [...(opts?.hideDiffs ?? []), "__provider"] };
}
