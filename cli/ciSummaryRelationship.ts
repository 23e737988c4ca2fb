import * as z from "zod";
import { endIn } from "../provider/lifecycle/arguments";
import { identityOf } from "../provider/lifecycle/outputs";
import type { Inputs, Preview, PreviewDiagnostic, PreviewStep } from "./ciSummaryPreview";
import { type DeclaredKind, kindDeclaredBy } from "./stackExport";

interface Place {
	readonly host: string;
	readonly virtualDisk: string;
}

/** What a preview tells of one relationship. */
export interface PreviewedRelationship {
	readonly name: string;
	readonly kind: DeclaredKind;
	/** Null: hidden, or not known yet. */
	readonly ends: { readonly source: Place; readonly target: Place } | null;
	readonly wish: string | null;
	readonly verdict: Verdict;
	/** Warnings that are no part of the verdict. */
	readonly notes: readonly string[];
}

/** What a plan takes. */
export type Loss = "writes" | "pointInTime" | "disk";

export type Verdict =
	/** Runs only with the token. `asked`: whose writes go, how old, what to do first, as the preview printed it. */
	| {
			readonly kind: "needsApproval";
			readonly plan: readonly string[];
			readonly asked: readonly string[];
			readonly token: string;
			readonly goes: readonly Loss[];
	  }
	/** `up` fails for it: the planner refuses it, or a safety stop would. */
	| {
			readonly kind: "refused";
			readonly code: string;
			readonly reason: string;
			readonly plan: readonly string[];
	  }
	/** The array or its host did not answer: nothing is told of it. */
	| { readonly kind: "unread"; readonly reason: string }
	/** The relationship ends. Pulumi asks no provider for a plan of that, in no preview. */
	| { readonly kind: "ends"; readonly by: Removal }
	| { readonly kind: "changes"; readonly plan: readonly string[]; readonly goes: readonly Loss[] }
	/** Something may be sent, and what is not in the preview: a secret, or what waits for another resource. */
	| { readonly kind: "hidden"; readonly op: string }
	/** Nothing is sent; what is stored of it changes. */
	| { readonly kind: "stored"; readonly op: string }
	| { readonly kind: "unchanged" };

export interface PreviewedStack {
	/** Null: no URN says. */
	readonly stack: { readonly name: string; readonly project: string } | null;
	/** In the order of the preview. */
	readonly relationships: readonly PreviewedRelationship[];
	/** Operations on resources of other kinds, counted. */
	readonly others: Readonly<Record<string, number>>;
	/** Errors that belong to no relationship: the preview did not get through. */
	readonly errors: readonly string[];
}

export function readStack({ steps, diagnostics }: Preview): PreviewedStack {
	const urns = new Set([...steps, ...diagnostics].flatMap(({ urn }) => (urn === null ? [] : [urn])));
	const stackUrn = [...urns].map(partsOf).find((parts) => parts !== null);
	const ours = [...urns].filter(isRelationship);
	const declared = declaredIn(steps);
	const relationships = ours.flatMap((urn) => {
		const told = diagnostics.filter((each) => each.urn === urn);
		const own = steps.filter((each) => each.urn === urn);
		return own.length === 0 && told.length === 0 ? [] : [readRelationship(urn, own, told, declared)];
	});
	const errors = diagnostics.filter(
		({ severity, urn }) => severity === "error" && (urn === null || !isRelationship(urn)),
	);
	return {
		stack: stackUrn === undefined ? null : { name: stackUrn.stack, project: stackUrn.project },
		relationships,
		others: countOthers(steps),
		errors: errors.map(({ message }) => message.trim()).filter((message) => message !== ""),
	};
}

/** `urn:pulumi:<stack>::<project>::<types>::<name>`; a name may hold `::` itself. */
function partsOf(urn: string): { stack: string; project: string; type: string; name: string } | null {
	const match = /^urn:pulumi:(.+?)::(.+?)::(.+?)::([\s\S]+)$/.exec(urn);
	const [, stack, project, types, name] = match ?? [];
	if (stack === undefined || project === undefined || types === undefined || name === undefined) return null;
	return { stack, project, type: types.split("$").at(-1) ?? types, name };
}

function kindOf(urn: string): DeclaredKind | null {
	return kindDeclaredBy(partsOf(urn)?.type ?? "");
}

function isRelationship(urn: string): boolean {
	return kindOf(urn) !== null;
}

/** Providers and the stack itself are in every preview and say nothing to anybody. */
function countOthers(steps: readonly PreviewStep[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { op, urn } of steps) {
		const type = partsOf(urn)?.type ?? "";
		if (isRelationship(urn) || type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:")) continue;
		counts[op] = (counts[op] ?? 0) + 1;
	}
	return counts;
}

const place = z.object({ host: z.string(), virtualDisk: z.string() });
/** A group stands where a disk would. */
const end = <Place extends z.ZodType>(of: Place) => z.preprocess(endIn, of);
const endsSchema = z
	.object({ source: end(place), target: end(place.partial({ host: true })) })
	// The copy of a disk is on the host of that disk where none is named.
	.transform(({ source, target }) => ({ source, target: { ...target, host: target.host ?? source.host } }));

/** By its disks, the resource that this preview declares for a pair. */
type DeclaredPairs = ReadonlyMap<string, string>;

function declaredIn(steps: readonly PreviewStep[]): DeclaredPairs {
	return new Map(
		steps.flatMap(({ urn, inputs }) => {
			const disks = inputs === null || !isRelationship(urn) ? null : disksIn(urn, inputs);
			return disks === null ? [] : [[disks, partsOf(urn)?.name ?? urn]];
		}),
	);
}

/** Null: they are not known, and so it is not known that two resources mean the same pair. */
function disksIn(urn: string, { sourceUniqueId, targetUniqueId }: Inputs): string | null {
	if (!isId(sourceUniqueId) || !isId(targetUniqueId)) return null;
	const kind = kindOf(urn);
	return identityOf({ source: sourceUniqueId, target: targetUniqueId }, kind === "Mirror" ? null : kind);
}

/** A secret one is told in brackets. */
function isId(value: unknown): value is string {
	return typeof value === "string" && value !== "" && !value.startsWith("[");
}

/**
 * What becomes of the relationship that a deletion is for: it ends as the state says, not as the program does. Not one
 * that is kept on purpose, and none that this run declares as well (provider/lifecycle/delete.ts).
 */
function endingOf({ urn, old }: PreviewStep, declared: DeclaredPairs): Ending {
	if (old?.isRetained) return { kept: "it is kept on purpose (retainOnDelete): nothing is sent" };
	if (typeof old?.ended === "string") return { kept: `it is gone (${old.ended}): nothing is sent` };
	const holder = declared.get(disksIn(urn, old?.inputs ?? {}) ?? "");
	if (holder !== undefined) return { kept: `this run declares the same pair as ${holder}: nothing is sent` };
	const { deletePolicy = kindOf(urn) === "Snapshot" ? "dissolve" : "detach" } = old?.inputs ?? {};
	return { by: removals[String(deletePolicy)] ?? "Detach (8)" };
}

const removals: Readonly<Record<string, Removal>> = {
	dissolve: "Dissolve (9)",
	returnToResourcePool: "ReturnToResourcePool (19)",
};

type Removal = "Detach (8)" | "Dissolve (9)" | "ReturnToResourcePool (19)";
type Ending = { readonly kept: string } | { readonly by: Removal };

function readRelationship(
	urn: string,
	steps: readonly PreviewStep[],
	told: readonly PreviewDiagnostic[],
	declared: DeclaredPairs,
): PreviewedRelationship {
	// A replacement is several steps; the one that makes the new relationship has the program's wish.
	const step = steps.find(({ op }) => op === "create-replacement") ?? steps.at(-1);
	const removal = steps.find(({ op }) => op === "delete" || op === "delete-replaced");
	const ending = removal === undefined ? null : endingOf(removal, declared);
	const inputs = step?.inputs ?? step?.old?.inputs ?? {};
	const ends = endsSchema.safeParse(inputs);
	const { verdict, used } = verdictOn(step ?? null, told, step === removal ? ending : null);
	const isReplaced = step !== removal && ending !== null;
	return {
		name: partsOf(urn)?.name ?? urn,
		kind: kindOf(urn) ?? "Mirror",
		ends: ends.success ? ends.data : null,
		wish: step?.inputs ? describeWish(step.inputs, kindOf(urn)) : null,
		verdict,
		notes: [
			...(isReplaced && "by" in ending ? [`the relationship of before ends by ${ending.by}`] : []),
			...(ending !== null && "kept" in ending ? [ending.kept] : []),
			...told
				.filter((each) => each.severity !== "info" && each !== used)
				.map(({ message }) => message.trim())
				.filter((message) => message !== ""),
		],
	};
}

function describeWish(inputs: Inputs, kind: DeclaredKind | null): string | null {
	const { state = kind === "Snapshot" || kind === "Clone" ? "active" : undefined, failoverTo, lost, keep } = inputs;
	const { restore, expendable, expiresAt } = inputs;
	if (typeof state !== "string") return null;
	const more = Object.entries({ failoverTo, lost, keep, restore, expendable, expiresAt }).flatMap(([name, value]) =>
		typeof value === "string" ? [`${name} ${value}`] : [],
	);
	return [state, ...more].join(", ");
}

function verdictOn(
	step: PreviewStep | null,
	told: readonly PreviewDiagnostic[],
	ending: Ending | null,
): { readonly verdict: Verdict; readonly used: PreviewDiagnostic | null } {
	const planned = planIn(step?.inputs ?? {}, told);
	const plan = planned ?? [];
	const coded = told.flatMap((each) => {
		const found = /\bSR\d{4}(?=: )/.exec(each.message);
		return found === null ? [] : [{ each, code: found[0], reason: each.message.slice(found.index).trim() }];
	});
	const refusal = coded.find(({ each, code }) => each.severity === "error" || !code.startsWith("SR4"));
	if (refusal !== undefined) {
		const { code, reason, each } = refusal;
		return { verdict: { kind: "refused", code, reason, plan }, used: each };
	}
	for (const each of told) {
		const asked = askedIn(each.message);
		if (asked !== null) {
			const goes = lossesIn([...plan, ...asked.asked]);
			return { verdict: { kind: "needsApproval", plan, ...asked, goes }, used: each };
		}
	}
	const failed = told.find(({ severity }) => severity === "error");
	if (failed !== undefined) {
		const reason = failed.message.trim() || "the preview failed here and does not say why";
		return { verdict: { kind: "unread", reason }, used: failed };
	}
	const [unread] = coded;
	if (unread !== undefined) return { verdict: { kind: "unread", reason: unread.reason }, used: unread.each };
	const notKnown = plan.find((line) => line.startsWith("not known: "));
	if (notKnown !== undefined) return { verdict: { kind: "unread", reason: notKnown }, used: null };
	if (step === null) return { verdict: { kind: "unread", reason: "the preview ended before it" }, used: null };
	const { op } = step;
	if (ending !== null && "by" in ending) return { verdict: { kind: "ends", by: ending.by }, used: null };
	if (op === "same") return { verdict: { kind: "unchanged" }, used: null };
	const steps = plan.filter((line) => line !== "adopt: nothing to do" && line !== "nothing to do");
	if (steps.length === 0) {
		const isHidden = planned === null && step.inputs !== null;
		return { verdict: { kind: isHidden ? "hidden" : "stored", op }, used: null };
	}
	return {
		verdict: { kind: "changes", plan: steps, goes: lossesIn(steps) },
		used: null,
	};
}

const losses: readonly (readonly [Loss, RegExp])[] = [
	["writes", /\[dataLoss: (?:recent )?writes of /],
	["pointInTime", /\[dataLoss: the point in time of /],
	["disk", /\[dataLoss: the disk /],
];

/** What the lines say in brackets; of a line of another form the worst that there was before there were copies. */
function lossesIn(lines: readonly string[]): Loss[] {
	const losing = lines.filter((line) => line.includes("[dataLoss"));
	const found = losses.flatMap(([loss, told]) => (losing.some((line) => told.test(line)) ? [loss] : []));
	return found.length === 0 && losing.length > 0 ? ["writes"] : found;
}

/** What diff told knows earlier runs and is what `up` runs; `plannedOperations`, written by check, does not. Null: neither tells. */
function planIn({ plannedOperations }: Inputs, told: readonly PreviewDiagnostic[]): readonly string[] | null {
	for (const { severity, message } of told) {
		const text = severity === "info" ? /^plan:\s([\s\S]*)$/.exec(message.trim())?.[1] : undefined;
		if (text !== undefined) return text.split("\n").map((line) => line.trim());
	}
	const lines = z.array(z.string()).safeParse(plannedOperations);
	return lines.success ? lines.data : null;
}

/**
 * The announcement of a plan that destroys writes (provider/lifecycle/announce.ts). Its last line alone has the token: a
 * disk may be called as that line is.
 */
function askedIn(message: string): { readonly asked: readonly string[]; readonly token: string } | null {
	const lines = message.trim().split("\n");
	if (!/^this plan destroys \w+ and needs approval/.test(lines[0] ?? "")) return null;
	const token = /approval: "([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})"/.exec(lines.at(-1) ?? "")?.[1];
	return token === undefined ? null : { asked: lines.slice(0, -1).map((line) => line.trim()), token };
}
