import { findCheapest } from "./search";
import type { Facts, World } from "./world";

/** The codes that docs/errors.md gives to the refusals of §4 after the search. */
export type LateRefusal =
	| "SR1020"
	| "SR1021"
	| "SR1022"
	| "SR1023"
	| "SR1024"
	| "SR1025"
	| "SR1026"
	| "SR1027"
	| "SR1028";

export interface NearestCause {
	readonly code: LateRefusal;
	/** What may be named as well: the paper does not say whether gates that close the way only together are one cause. */
	readonly also?: LateRefusal;
}

/**
 * §4 "no legal path; the refusal names the nearest cause (operation not advertised, feature gate …, target not
 * consistent, source not consistent, target not usable, association must stay, the kept end would lose old writes)": the
 * first of these without which alone there would be a path; SR1026 if it takes more than one, or something else.
 */
export function nearestCauseOf(world: World, facts: Facts): NearestCause {
	const opens = ({ facts: without, world: made }: Lifted) =>
		findCheapest({ ...world, ...made }, { ...facts, ...without }) !== null;
	const code = causes.find(([, lift]) => opens(lift(facts)))?.[0] ?? "SR1026";
	if (isBeforeGates(code)) {
		return { code };
	}
	const present = gates.filter((gate) => facts.features.has(gate));
	if ([...present.map((gate) => [gate]), present].some((some) => opens(without(facts, some)))) {
		return { code: "SR1022" };
	}
	return everySubset(present).some((some) => opens(without(facts, some))) ? { code: "SR1022", also: code } : { code };
}

interface Lifted {
	readonly facts?: Partial<Facts>;
	readonly world?: Partial<World>;
}

/** In their order, but for SR1022, which can be lifted in more than one way. */
const causes: readonly (readonly [LateRefusal, (facts: Facts) => Lifted])[] = [
	["SR1020", () => ({ facts: { advertised: null } })],
	// The feature gate that the paper spells out has a code of its own.
	["SR1021", (facts) => without(facts, [19])],
	["SR1023", () => ({ world: { targetConsistent: null } })],
	["SR1027", () => ({ world: { sourceConsistent: null } })],
	["SR1028", () => ({ facts: { usable: { source: true, target: true } } })],
	["SR1024", (facts) => without(facts, [16])],
	["SR1025", () => ({ facts: { keptEnd: null } })],
];

function isBeforeGates(code: LateRefusal): boolean {
	return code === "SR1020" || code === "SR1021";
}

/** Features that §3 names under "legal from"; 16 is a cause of its own, 20 and 22 change what comes of an operation. */
const gates: readonly number[] = [15, 19, 29, 30, 31, 32, 33, 47, 48, 52, 53, 54];

function without({ features }: Facts, some: readonly number[]): Lifted {
	return { facts: { features: new Set([...features].filter((feature) => !some.includes(feature))) } };
}

/** A gate may take several features (29 to 33 name states together), and one may open what another closes. */
function everySubset(features: readonly number[]): number[][] {
	const [first, ...others] = features;
	return first === undefined ? [[]] : everySubset(others).flatMap((some) => [some, [first, ...some]]);
}
