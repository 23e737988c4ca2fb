import { errorCodes } from "../model/errorCodes";
import {
	type CopyState,
	currentSource,
	currentTarget,
	describeName,
	type End,
	type Operation,
} from "../model/relationship";
import type { Move } from "./cheapest";
import { restoreIsOpen, sourceMustBeOffline } from "./copyRefusals";
import { features } from "./features";
import { isAdvertised, type NameEnd } from "./operations";
import { isFailedOver } from "./phase";
import { type Hindrance, hindered } from "./refusals";
import { type NamedRule, ruleFor } from "./rules";
import { moveBy, untilRequested } from "./search";
import type { Situation } from "./situation";
import type { Frame, Standing } from "./standing";

/** What an operation that is asked for by name comes to: its one step, nothing because it is there already, or a refusal. */
export type Requested =
	| { readonly kind: "step"; readonly move: Move<Standing> }
	| { readonly kind: "there" }
	| ({ readonly kind: "refused" } & Hindrance);

/** One operation on request (copies-and-groups.md §3): its row without the question whether a wish may use it, and no detour. */
export function planRequest(
	operation: Operation,
	{ observed }: Situation,
	standing: Standing,
	frame: Frame,
	name: NameEnd,
): Requested {
	const rule = ruleFor(operation, frame.kind);
	const state = `${describeName(observed.copyState)}${standing.phase === "settled" ? "" : ` (${describeName(observed.progressStatus)})`}`;
	const refused = (hindrance: Hindrance): Requested => ({ kind: "refused", ...hindrance });
	if (operation === "Failover" && isFailedOver(observed)) {
		return refused(
			hindered(
				errorCodes.operationNotLegalHere,
				`the relationship is failed over already, and some arrays undo a failover when they get a second one`,
				"it is never sent twice; Failback or ReverseRoles lead on from here",
			),
		);
	}
	// Before what is legal: a mode may be reset to what it is, which would be a call for nothing.
	if (isThereAlready(operation, standing, frame)) return { kind: "there" };
	if (rule?.legal(standing, frame) === true) {
		if (!isAdvertised(operation, frame)) {
			return refused(
				hindered(
					errorCodes.operationNotAdvertised,
					`the array does not advertise ${operation} (${rule.code})`,
					"use the array's own tools",
				),
			);
		}
		const move = moveBy(rule, standing, frame, name);
		if (move !== null) return { kind: "step", move: { ...move, until: untilRequested(move) } };
		return refused(
			hindered(
				errorCodes.keptEndWouldLose,
				`${operation} destroys writes that only ${name(frame.kept ?? "source")} holds, and that end is kept`,
				`keep the other end if those writes may go`,
			),
		);
	}
	if (standing.copy?.restoreOpen === true) return refused(restoreIsOpen(standing, name));
	const anywhere = new Set([...frame.features].filter((number) => number !== features.copyRequiresOfflineSource));
	if (rule?.legal(standing, { ...frame, features: anywhere }) === true) {
		const read = operation === "RestoreFromReplica" ? currentTarget : currentSource;
		return refused(sourceMustBeOffline(name(read(standing.direction))));
	}
	const [source, target] = [currentSource(standing.direction), currentTarget(standing.direction)];
	if (isLegalIfWhole(target, rule, standing, frame)) {
		return refused(
			hindered(
				errorCodes.targetNotConsistent,
				`${name(target)} holds an interrupted copy`,
				"let the copy complete first",
			),
		);
	}
	if (isLegalIfWhole(source, rule, standing, frame)) {
		return refused(
			hindered(
				errorCodes.sourceNotConsistent,
				`${name(source)} was being overwritten when a copy broke off: it is half a disk, and nothing may be copied from it`,
				"copy the whole disk over it first",
			),
		);
	}
	return refused(
		hindered(
			errorCodes.operationNotLegalHere,
			`${operation} is not legal while the relationship is ${state}`,
			standing.phase === "settled"
				? "see docs/operations.md for the states it is legal from"
				: "wait until it has settled",
		),
	);
}

function isLegalIfWhole(end: End, rule: NamedRule | undefined, standing: Standing, frame: Frame): boolean {
	return rule?.legal({ ...standing, whole: { ...standing.whole, [end]: true } }, frame) === true;
}

const separated: readonly CopyState[] = ["Suspended", "Fractured", "Split"];

/**
 * What an operation leads to is there already, so that sending it would be without effect (copies-and-groups.md §2.4).
 * Failover and ReverseRoles have none: an array may undo the first and does the second again.
 */
export function isThereAlready(operation: Operation, standing: Standing, { kind }: Pick<Frame, "kind">): boolean {
	const { phase, copyState, syncMode } = standing;
	const settledAs = (...states: readonly CopyState[]) =>
		phase === "settled" && (states as readonly string[]).includes(copyState);
	switch (operation) {
		case "Suspend":
			return settledAs(...separated);
		case "Fracture":
			return settledAs("Fractured", "Split");
		case "Split":
			return settledAs("Split");
		case "Resume":
			return settledAs("Synchronized") || phase === "copying";
		case "ResyncReplica":
			// Of a copy that is whole it asks for a new point in time.
			return phase === "copying" || (kind === "Mirror" && settledAs("Synchronized"));
		case "Activate":
			return settledAs("Synchronized");
		case "ResetToSync":
			return phase === "settled" && syncMode === "Synchronous";
		case "ResetToAsync":
			return phase === "settled" && syncMode === "Asynchronous";
		default:
			return false;
	}
}
