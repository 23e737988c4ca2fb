import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import {
	arrayByName,
	groupBehaviourOf,
	isCopy,
	type SimulatedGroup,
	type SimulatedGroupRelationship,
	type SimulatedRelationship,
	type World,
} from "./world";

export function groupById({ groups = [] }: World, uniqueId: string): SimulatedGroup {
	const found = groups.find((group) => group.uniqueId === uniqueId);
	if (found === undefined)
		throw new RangeError(`the simulator's file names a group that it does not have: ${uniqueId}`);
	return found;
}

/** An ObjectId as Windows has it, as those of disks are. */
export function groupObjectIdOf({ uniqueId, array }: SimulatedGroup): string {
	return `{1}\\\\${array.toUpperCase()}\\root/Microsoft/Windows/Storage/Providers_v2\\SM_ReplicationGroup.ObjectId="{${uniqueId}}:RG"`;
}

/** The mirrors between the members of two groups, in the order of the source's members. */
export function pairsOf(world: World, { source, target }: SimulatedGroupRelationship): SimulatedRelationship[] {
	const others = groupById(world, target).members;
	return groupById(world, source).members.flatMap((disk) =>
		world.relationships.filter(
			(each) =>
				!isCopy(each) &&
				((each.source === disk && others.includes(each.target)) ||
					(each.target === disk && others.includes(each.source))),
		),
	);
}

/** The groups by the roles of now: those that all their pairs have. */
export function rolesOf(world: World, relationship: SimulatedGroupRelationship) {
	const { source, target } = relationship;
	const { members } = groupById(world, source);
	const pairs = pairsOf(world, relationship);
	const isReversed = pairs.length > 0 && pairs.every((pair) => !members.includes(pair.source));
	return isReversed ? { source: target, target: source } : { source, target };
}

/** The relationship of groups that steers this pair. */
export function steeringOf(world: World, pair: SimulatedRelationship): SimulatedGroupRelationship | null {
	return (world.groupRelationships ?? []).find((each) => pairsOf(world, each).includes(pair)) ?? null;
}

export function behaviourOfGroups(world: World, { source }: SimulatedGroupRelationship) {
	return groupBehaviourOf(arrayByName(world, groupById(world, source).array));
}

/** No member is shown, or steered, by itself (group feature 50). */
export function hidesMembers(world: World, relationship: SimulatedGroupRelationship): boolean {
	return behaviourOfGroups(world, relationship).features.includes(features.NoElementLevelStorageSynchronized);
}

/** Is a member refused to whoever wants to steer it alone? One of a consistent group would be consistent no more. */
export function isSteeredTogether(world: World, pair: SimulatedRelationship): boolean {
	const steering = steeringOf(world, pair);
	if (steering === null) return false;
	return steering.consistent || hidesMembers(world, steering) || !behaviourOfGroups(world, steering).steersElements;
}

/** The group's own word: what its members are, or Mixed, which says nothing; unless it says something else altogether. */
export function wordOf(world: World, relationship: SimulatedGroupRelationship) {
	if (relationship.says != null) return relationship.says;
	const shown = pairsOf(world, relationship).map((pair) => pair.shown ?? pair);
	return {
		copyState: theOnly(shown.map(({ copyState }) => copyState)) ?? states.Mixed,
		progressStatus: theOnly(shown.map(({ progressStatus }) => progressStatus)) ?? progress.Mixed,
	};
}

export function theOnly<Value>(values: readonly Value[]): Value | null {
	const [first, ...rest] = new Set(values);
	return first === undefined || rest.length > 0 ? null : first;
}
