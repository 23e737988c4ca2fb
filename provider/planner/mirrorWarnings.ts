import { currentSource, currentTarget } from "../model/relationship";
import type { NameEnd } from "./operations";
import type { Step } from "./plan";
import type { Situation } from "./situation";
import type { Standing } from "./standing";

/** What whoever reads the plan of a mirror has to know besides: `standings` begins where the first step begins. */
export function warningsOfMirror(
	situation: Situation,
	steps: readonly Step[],
	standings: readonly Standing[],
	name: NameEnd,
): string[] {
	const [start, end] = [standings[0], standings.at(-1)];
	if (start === undefined || end === undefined) return [];
	return [
		...warnOfTarget(situation, steps, standings, name),
		...warnOfPartialTarget(steps, end, name),
		...warnOfHalfSource(situation, start, steps, name),
	];
}

/** A failover onto a copy that nobody saw complete is legal, but whoever serves from it has to know. */
function warnOfTarget(
	{ observed }: Situation,
	steps: readonly Step[],
	standings: readonly Standing[],
	name: NameEnd,
): string[] {
	const failover = steps.findIndex((step) => step.kind === "operation" && step.operation === "Failover");
	if (failover === -1) return [];
	const proven =
		observed.targetConsistent === true ||
		observed.copyState === "Synchronized" ||
		standings.slice(1, failover + 1).some(({ copyState }) => copyState === "Synchronized");
	const target = name(currentTarget(observed.direction));
	const unusable = observed.usable[currentTarget(observed.direction)]
		? []
		: [`${target} is not healthy (HealthStatus or OperationalStatus); whether it can serve is not known`];
	if (proven) return unusable;
	return [
		...unusable,
		`nobody saw the copy on ${target} complete since it stopped; check its data before anything is served from it`,
	];
}

/** A copy that is stopped before it was complete: what is there is the beginning of one. */
function warnOfPartialTarget(steps: readonly Step[], end: Standing, name: NameEnd): string[] {
	const target = currentTarget(end.direction);
	const settled = end.phase === "settled" && end.copyState !== "absent";
	if (steps.length === 0 || !settled || end.whole[target]) return [];
	return [`${name(target)} is a partial copy and cannot serve until the copy has been completed`];
}

/** Nothing here is copied from half a disk, but an array that goes on by itself may do just that while it is waited for. */
function warnOfHalfSource(
	{ observed }: Situation,
	{ phase }: Standing,
	[first]: readonly Step[],
	name: NameEnd,
): string[] {
	const isCopied = phase === "copying" || observed.copyState === "Broken";
	if (observed.sourceConsistent !== false || first?.kind !== "wait" || !isCopied) return [];
	const [source, target] = [name(currentSource(observed.direction)), name(currentTarget(observed.direction))];
	return [
		`${source} is half a disk and ${target} is whole: what the array does by itself overwrites the whole one. End the relationship (destroy leaves both disks as they are) and declare the pair with its ends exchanged`,
	];
}
