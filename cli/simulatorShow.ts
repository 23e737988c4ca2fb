import { Command } from "commander";
import { groupById, pairsOf, rolesOf, wordOf } from "../provider/hosts/simulator/groups";
import { countWrites } from "../provider/hosts/simulator/lineage";
import { takesWrites } from "../provider/hosts/simulator/roles";
import { Simulator } from "../provider/hosts/simulator/simulator";
import { diskById, isCopy, isHalfRemoved, type World } from "../provider/hosts/simulator/world";
import { copyStateOf, describeName, progressStatusOf, syncModeOf, syncTypeOf } from "../provider/model/relationship";
import { examples, fileOption, print } from "./simulatorValues";
import { columnsOf, describeTable } from "./table";

/** `simulator show`. */
export function showCommand(): Command {
	return new Command("show")
		.description("disks, relationships, jobs and faults as they are now")
		.addOption(fileOption())
		.option("--calls", "the state-changing calls that were received, instead")
		.option("--json", "print JSON")
		.addHelpText("after", examples("show --calls", "show --json --file ./lab.json"))
		.action((options: { readonly file: string; readonly calls?: boolean; readonly json?: boolean }) => {
			const simulator = Simulator.open(options.file);
			const world = simulator.look();
			if (options.json) return print(JSON.stringify(options.calls ? world.calls : world));
			for (const line of options.calls ? describeCalls(world) : describeWorld(world)) print(line);
		});
}

function describeWorld(world: World): string[] {
	const disk = (id: string) => world.disks.find(({ uniqueId }) => uniqueId === id)?.name ?? id;
	const describeFault = (fault: World["faults"][number]) =>
		JSON.stringify("disk" in fault ? { ...fault, disk: disk(fault.disk) } : fault);
	return [
		...table(
			["disk", "array", "UniqueId", "writes held", "accepts writes"],
			world.disks.map((each) => [
				each.name,
				each.array,
				each.reports === undefined ? each.uniqueId : each.reports.uniqueId || "none",
				String(countWrites(each.content)),
				takesWrites(world, each.uniqueId) ? "yes" : "no",
			]),
		),
		"",
		...table(
			["relationship", "copy state", "progress", "mode or moment"],
			world.relationships.map((each) => [
				`${disk(each.source)} -> ${disk(each.target)}`,
				describeName(copyStateOf(each.copyState)),
				describeName(progressStatusOf(each.progressStatus), "progress"),
				isCopy(each) ? describeCopy(each) : syncModeOf(each.syncMode),
			]),
		),
		...describeGroups(world),
		...(world.jobs.length === 0
			? []
			: [
					"",
					...table(
						["job", "state", "stuck"],
						world.jobs.map((job) => [job.id, String(job.state), job.stuck ? "yes" : "no"]),
					),
				]),
		...world.relationships
			.filter(isHalfRemoved)
			.map(
				(half) =>
					`half removed: ${diskById(world, half.forgottenBy ?? "").array} lists ${disk(half.source)} -> ${disk(half.target)} no more`,
			),
		...(world.faults.length === 0 ? [] : ["", ...world.faults.map((fault) => `fault: ${describeFault(fault)}`)]),
	];
}

function describeGroups(world: World): string[] {
	const { groups = [], groupRelationships = [] } = world;
	if (groups.length === 0) return [];
	const disk = (id: string) => diskById(world, id).name;
	const relationships = groupRelationships.map((each) => {
		const { source, target } = rolesOf(world, each);
		const { copyState } = wordOf(world, each);
		return [
			`${groupById(world, source).name} -> ${groupById(world, target).name}`,
			describeName(copyStateOf(copyState)),
			String(pairsOf(world, each).length),
			each.consistent ? "yes" : "no",
		];
	});
	return [
		"",
		...table(
			["group", "array", "members"],
			groups.map(({ name, array, members }) => [name, array, members.map(disk).join(", ") || "none"]),
		),
		"",
		...table(["relationship of groups", "copy state", "pairs", "consistent"], relationships),
	];
}

function describeCopy({ syncType, pointInTime }: World["relationships"][number]): string {
	const kind = describeName(syncTypeOf(syncType), "kind");
	return pointInTime == null ? `${kind} of nothing` : `${kind} of ${new Date(pointInTime.atMs).toISOString()}`;
}

function describeCalls(world: World): string[] {
	return table(
		["#", "host", "call", "disk", "answer", "effect"],
		world.calls.map((call) => [
			String(call.sequence),
			call.host,
			describeCall(call),
			call.disk,
			call.returnCode === null ? "none" : String(call.returnCode),
			call.effect ? "yes" : "no",
		]),
	);
}

function describeCall({ method, operation }: World["calls"][number]): string {
	if (operation === null) return method;
	return method.startsWith("ReplicationGroup.") ? `${operation} of the group` : operation;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	if (rows.length === 0) return [`${head[0]}: none`];
	return describeTable(head, rows, columnsOf(process.stdout)).trimEnd().split("\n");
}
