import type { Direction } from "../../provider/model/relationship";
import type { Estate, Relationship, RelationshipEnd } from "../estate/estate";

/** An array as one host shows it: where a disk of a relationship is. */
export interface Site {
	/** Null: no host that was asked shows it. */
	readonly host: string | null;
	/** Null: not known. */
	readonly array: string | null;
}

/** One relationship between two sites, told from the left one to the right one. */
export interface Flow {
	readonly relationship: Relationship;
	readonly left: RelationshipEnd;
	readonly right: RelationshipEnd;
	/** The end that takes I/O; null: not known. */
	readonly serves: "left" | "right" | null;
	/** The way of the copy by the roles now; null: not known, or there is none. */
	readonly now: "right" | "left" | null;
	/** The way that is declared, where it is another one. */
	readonly declared: "right" | "left" | null;
	/** A copy runs, or follows. Else it stands still. */
	readonly isFlowing: boolean;
}

export interface Link {
	readonly left: Site;
	readonly right: Site;
	readonly flows: readonly Flow[];
}

/** All relationships by the two sites that they are between; those with the most of them first, each worst first. */
export function linksOf({ relationships }: Estate): Link[] {
	const links = new Map<string, { readonly left: Site; readonly right: Site; readonly flows: Flow[] }>();
	for (const relationship of relationships) {
		const [source, target] = [siteOf(relationship.source), siteOf(relationship.target)];
		const isExchanged = keyOf(source) > keyOf(target);
		const [left, right] = isExchanged ? [target, source] : [source, target];
		const key = `${keyOf(left)}\n${keyOf(right)}`;
		const link = links.get(key) ?? { left, right, flows: [] };
		link.flows.push(flowOf(relationship, isExchanged));
		links.set(key, link);
	}
	return [...links.values()].sort((one, other) => other.flows.length - one.flows.length);
}

function siteOf({ host, storageSubsystem }: RelationshipEnd): Site {
	return { host, array: storageSubsystem };
}

function keyOf({ host, array }: Site): string {
	return JSON.stringify([host, array]);
}

function flowOf(relationship: Relationship, isExchanged: boolean): Flow {
	const { source, target, seen } = relationship;
	const way = (direction: Direction | null) =>
		direction === null ? null : (direction === "forward") === isExchanged ? ("left" as const) : ("right" as const);
	const here = seen?.presence === "present" ? seen : null;
	const now = way(here?.direction ?? null);
	const wished = way(declaredDirection(relationship));
	const serving = here?.serving ?? null;
	return {
		relationship,
		left: isExchanged ? target : source,
		right: isExchanged ? source : target,
		serves:
			serving === null || relationship.copy !== null ? null : (serving === "source") === isExchanged ? "right" : "left",
		now,
		declared: wished !== null && wished !== now ? wished : null,
		// What was taken once stands still.
		isFlowing: here !== null && (relationship.copy === null ? flowing : copying).includes(here.copyState),
	};
}

const flowing: readonly string[] = ["Synchronized", "Unsynchronized", "Initialized"];

const copying: readonly string[] = ["Unsynchronized"];

/** Of a failover, and of what nobody declares, no way of a copy is declared. */
function declaredDirection({ declared, copy }: Relationship): Direction | null {
	// What fulfilled itself is not to come again.
	if (declared === null || (copy?.ended ?? null) !== null) return null;
	switch (declared.state) {
		case "active":
		case "suspended":
		case "split":
		case "inactive":
		case "detached":
			return "forward";
		case "reversed":
			return "reverse";
		case "failedOver":
			return null;
		default:
			return declared.state satisfies never;
	}
}

export function describeSite({ host, array }: Site): string {
	return `${host ?? "a host that was not asked"}, ${array ?? "array not known"}`;
}
