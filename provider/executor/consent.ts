import type { Loss, Step } from "../planner/plan";
import type { Desired } from "../planner/situation";
import type { OnRequest } from "./approval";
import type { Expendable } from "./copyWish";
import type { Hosts } from "./hosts";
import { sameId } from "./identity";
import type { Request } from "./request";
import type { Sighting } from "./sighting";

export type Consent =
	| { readonly by: "approval"; readonly token: string }
	| { readonly by: "expendable"; readonly expendable: Expendable }
	| { readonly by: "lag"; readonly lagSeconds: number; readonly maxDataLossSeconds: number }
	| { readonly by: "nothing"; readonly reason: string };

/** The losses of a plan, step by step. */
export function lossesOf(steps: readonly Step[]): Loss[] {
	return steps.flatMap((step) => (step.kind !== "wait" && step.loses !== undefined ? [step.loses] : []));
}

const hourMs = 60 * 60_000;

/** What a token is bound to beside the plan: nothing, or for what is asked for by name this hour or, as it was told, the last. */
export function whenAsked(
	{ state, operation }: Desired,
	{ hostTime }: Sighting,
	hosts: Hosts,
): readonly (OnRequest | null)[] {
	if (state !== "operation" || operation === undefined) return [null];
	const told = hostTime === null ? Number.NaN : Date.parse(hostTime);
	const hour = Math.floor((Number.isNaN(told) ? hosts.now() : told) / hourMs);
	return [hour, hour - 1].map((each) => ({ operation, hour: each }));
}

export function consentTo(
	steps: readonly Step[],
	tokens: readonly string[],
	{ declared, wish, record, targetRekeyed }: Request,
	{ ids, lagSeconds, rekeyed }: Sighting,
): Consent {
	const given = tokens.find((token) => wish.approvals.includes(token));
	if (given !== undefined) return { by: "approval", token: given };
	const known = declared.knownIds.target;
	const isOwn = ids.target !== null && known !== null && sameId(ids.target, known);
	// By its name and its source it is taken for the same disk, which a copy that somebody else made in its place is not.
	const isRekeyed = targetRekeyed === true || rekeyed.includes("target");
	const expendable = isRekeyed ? "nothing" : (wish.copy?.expendable ?? "nothing");
	if (wish.copy !== undefined && record !== null && isExpendable(steps, expendable, isOwn))
		return { by: "expendable", expendable: wish.copy.expendable };
	if (wish.maxDataLossSeconds === null) {
		const { length } = wish.approvals;
		const told = length === 0 ? "no approval is given" : `none of the ${length} tokens given fits this plan`;
		return { by: "nothing", reason: `it destroys writes, and ${told}` };
	}
	const { maxDataLossSeconds } = wish;
	if (lossesOf(steps).some(({ age }) => age === "yes")) {
		return {
			by: "nothing",
			reason: "it destroys writes of unknown age, and maxDataLossSeconds consents to recent ones only",
		};
	}
	// After a step that stops the copy no lag can be measured any more: such a plan would stop half way, unprotected.
	const first = steps.findIndex((step) => step.kind !== "wait" && step.loses !== undefined);
	if (steps.slice(0, first).some(({ until }) => until.copyState !== "Synchronized")) {
		return { by: "nothing", reason: "the lag cannot be measured right before it, because the copy is stopped by then" };
	}
	if (lagSeconds === null)
		return { by: "nothing", reason: "the array does not report the lag, and unknown is too much" };
	if (lagSeconds > maxDataLossSeconds) {
		return {
			by: "nothing",
			reason: `the target is ${lagSeconds} s behind, and maxDataLossSeconds allows ${maxDataLossSeconds}`,
		};
	}
	return { by: "lag", lagSeconds, maxDataLossSeconds };
}

/**
 * Standing consent to lose what a copy is, never to lose what its source holds, nor a disk that no run of ours has made or
 * used (copies-and-groups.md §1.1). While a restore is open no plan takes anything of it. Where the disk was returned,
 * another one may have its name by now: `isOwn` is said of the id.
 */
function isExpendable(steps: readonly Step[], expendable: Expendable, isOwn: boolean): boolean {
	if (expendable === "nothing") return false;
	const isKnown = isOwn || !steps.some(({ kind }) => kind === "create");
	return lossesOf(steps).every(
		({ end, what }) => end === "target" && isKnown && (expendable === "everything" || what === "pointInTime"),
	);
}
