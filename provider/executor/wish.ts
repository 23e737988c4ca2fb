import { currentTarget, type Direction, type End } from "../model/relationship";
import type { Desired } from "../planner/situation";
import type { CopyWish } from "./copyWish";

/** What is wished of a relationship, beyond the planner's part: limits, consents, and whom to trust on roles. */
export interface Wish {
	readonly desired: Desired;
	readonly lost: End | null;
	readonly onRoleChange: "stop" | "adopt" | "repair";
	/** `never`: a relationship that does not exist is an error. */
	readonly create: "ifMissing" | "never";
	/** In the unit of the array, whatever the name says: no reference tells it. */
	readonly recoveryPointObjectiveMinutes: number | null;
	/** Consent to lose `recent` writes up to this measured lag; null: none. */
	readonly maxDataLossSeconds: number | null;
	/** Tokens that the program or the configuration gives. Any may match; leftovers mean nothing. */
	readonly approvals: readonly string[];
	readonly limits: Limits;
	/** Of a point-in-time copy; left out: a mirror. */
	readonly copy?: CopyWish;
	/** Why it is wished, as the program says it: for the ledger alone. */
	readonly reason: string | null;
}

export interface Limits {
	/** For a state to be reached that needs no copying. */
	readonly transitionMs: number;
	/** For copying. */
	readonly syncMs: number;
	/** For the relationship to be gone. */
	readonly deleteMs: number;
}

export const defaultLimits: Limits = { transitionMs: 30 * 60_000, syncMs: 24 * 60 * 60_000, deleteMs: 10 * 60_000 };

/** A wish with every default: no end lost, roles guarded, nothing consented to. */
export function wishFor(desired: Desired, more: Partial<Wish> = {}): Wish {
	return {
		desired,
		lost: null,
		onRoleChange: "stop",
		create: "ifMissing",
		recoveryPointObjectiveMinutes: null,
		maxDataLossSeconds: null,
		approvals: [],
		limits: defaultLimits,
		reason: null,
		...more,
	};
}

/** The wish in one word or two, as the record keeps it. */
export function describeWish({ state, to, syncMode, operation }: Desired): string {
	const more = state === "failedOver" ? (to ?? "target") : state === "operation" ? operation : undefined;
	return [state, ...(more === undefined ? [] : [more]), ...(syncMode ? [syncMode] : [])].join(" ");
}

/** The relationship is to be gone: by the wish for that, or by an operation that is asked for by name. */
export function endsRelationship({ state, operation }: Desired): boolean {
	if (state !== "operation") return state === "absent";
	return operation === "Detach" || operation === "Dissolve" || operation === "ReturnToResourcePool";
}

/** The same wish with the array's word taken for the roles: for `adopt`, while the program's wish has not changed. */
export function wishAsAdopted(desired: Desired, direction: Direction, failedOver: boolean): Desired {
	const aboutRoles = desired.state === "active" || desired.state === "reversed" || desired.state === "failedOver";
	if (!aboutRoles) return desired;
	if (failedOver) return { ...desired, state: "failedOver", to: currentTarget(direction) };
	return { ...desired, state: direction === "forward" ? "active" : "reversed" };
}
