import { Argument, Command, Option } from "commander";
import type { CopyBehaviour, CopyKind } from "../provider/hosts/simulator/copyBehaviour";
import type { CopyOptions, PairOptions } from "../provider/hosts/simulator/pair";
import { type ProfileName, profiles } from "../provider/hosts/simulator/profiles";
import { Simulator } from "../provider/hosts/simulator/simulator";
import type { Traits } from "../provider/hosts/simulator/traits";
import { faultCommand } from "./simulatorFaults";
import { showCommand } from "./simulatorShow";
import { count, durationMs, examples, fileOption, numbers, print, speed, yesOrNo } from "./simulatorValues";

/** `pulumi-storage-replication simulator`: arrays in a file, for programs, tests and drills without Windows. */
export function simulatorCommand(): Command {
	const command = new Command("simulator").description("arrays in a file: make them, look at them, break them");
	command.addHelpText(
		"after",
		`
Examples:
  npx pulumi-storage-replication simulator init
  npx pulumi-storage-replication simulator write Orders 5
  npx pulumi-storage-replication simulator fault array-lost east-array
  npx pulumi-storage-replication simulator show --calls

A program uses the file with this stack configuration:
  pulumi config set --path 'storageReplication:hosts.east.kind' simulator
  pulumi config set --path 'storageReplication:hosts.east.file' ./arrays.json

Exit codes: 0 done; 1 the file is missing, malformed, locked or not writable;
2 the command line is wrong, or names a disk, host or array that is not there.`,
	);
	command.addCommand(initCommand());
	command.addCommand(showCommand());
	command.addCommand(writeCommand());
	command.addCommand(faultCommand());
	command.addCommand(traitsCommand());
	command.addCommand(copiesCommand());
	command.addCommand(renameCommand());
	command.addCommand(uniqueIdCommand());
	command.addCommand(advanceCommand());
	return command;
}

function initCommand(): Command {
	return new Command("init")
		.description("make a file with two sites: hosts east and west, disks Orders, Orders-DR, Ledger, Ledger-DR")
		.addOption(fileOption())
		.addOption(
			new Option("--profile <family>", "what the arrays can do, and how kindly")
				.choices(Object.keys(profiles))
				.default("generous"),
		)
		.addOption(
			new Option("--mode <mode>", "of the relationships")
				.choices(["synchronous", "asynchronous"])
				.default("synchronous"),
		)
		.option("--related", "the pairs are in synchronized relationships already")
		.option("--copies", "a snapshot and a clone of each source: Orders-Snapshot, Orders-Clone, and so on")
		.option("--groups", "all sources in a group Sales, all targets in a group Sales-DR")
		.option("--speed <factor>", "simulated seconds a second; 0 stands still until `advance`", speed, 1)
		.option("--relationships <count>", "this many pairs instead: Disk-1 and Disk-1-DR, and so on", count)
		.option("--force", "replace a file that exists")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication simulator init --related --mode asynchronous
  npx pulumi-storage-replication simulator init --related --copies --groups
  npx pulumi-storage-replication simulator init --force --relationships 300`,
		)
		.action(async (options: InitOptions) => {
			const names: readonly [string, string][] =
				options.relationships === undefined
					? [
							["Orders", "Orders-DR"],
							["Ledger", "Ledger-DR"],
						]
					: Array.from({ length: options.relationships }, (_, index) => [`Disk-${index + 1}`, `Disk-${index + 1}-DR`]);
			const pairs = names.map(
				([source, target]): PairOptions => ({
					source,
					target,
					syncMode: options.mode,
					related: options.related === true,
				}),
			);
			const copies = names.flatMap(([source]): CopyOptions[] => [
				{ source, target: `${source}-Snapshot`, kind: "Snapshot" },
				{ source, target: `${source}-Clone`, kind: "Clone" },
			]);
			await Simulator.create(options.file, {
				pairs,
				copies: options.copies ? copies : [],
				groups: options.groups
					? [{ source: "Sales", target: "Sales-DR", members: names.map(([source]) => source) }]
					: [],
				profile: options.profile,
				speed: options.speed,
				force: options.force === true,
			});
			print(
				`${options.file}: arrays east-array and west-array (${options.profile}), ${pairs.length} pairs${options.related ? ", related" : ""}${options.copies ? `, ${copies.length} copies` : ""}${options.groups ? ", groups Sales and Sales-DR" : ""}`,
			);
		});
}

interface InitOptions {
	readonly file: string;
	readonly profile: ProfileName;
	readonly mode: "synchronous" | "asynchronous";
	readonly related?: boolean;
	readonly copies?: boolean;
	readonly groups?: boolean;
	readonly speed: number;
	readonly relationships?: number;
	readonly force?: boolean;
}

function writeCommand(): Command {
	return new Command("write")
		.description("let an application write: the writes are acknowledged and can be told from all others")
		.argument("<disk>", "name or UniqueId")
		.argument("[count]", "how many writes", count, 1)
		.addOption(fileOption())
		.addHelpText("after", examples("write Orders 5"))
		.action(async (disk: string, count: number, options: { readonly file: string }) => {
			const [from, to] = await Simulator.open(options.file).write(disk, count);
			print(`${disk}: writes ${from} to ${to} acknowledged`);
		});
}

function traitsCommand(): Command {
	return new Command("traits")
		.description("how much the array of this disk tells of its relationship")
		.argument("<disk>", "name or UniqueId")
		.addOption(new Option("--lag-by <way>", "how the lag is told").choices(["seconds", "underWay", "syncTime", "none"]))
		.option("--sync-time-age <duration>", "how old a SyncTime is that moves with the clock", durationMs)
		.option("--sync-time-stands <yes|no>", "it stays at the last arrival instead", yesOrNo)
		.option("--tail-stands <yes|no>", "what was written does not arrive while it is so", yesOrNo)
		.option("--reports-mode <yes|no>", "no: SyncMode is 0", yesOrNo)
		.option("--reports-requested <yes|no>", "RequestedCopyState is told", yesOrNo)
		.addOption(fileOption())
		.addHelpText("after", examples("traits Orders --lag-by none", "traits Orders --sync-time-age 30s"))
		.action(async (disk: string, options: TraitOptions) => {
			const traits: Traits = {
				...(options.lagBy === undefined ? {} : { lagBy: options.lagBy }),
				...(options.syncTimeAge === undefined ? {} : { syncTimeAgeMs: options.syncTimeAge }),
				...(options.syncTimeStands === undefined ? {} : { syncTimeStands: options.syncTimeStands }),
				...(options.tailStands === undefined ? {} : { tailStands: options.tailStands }),
				...(options.reportsMode === undefined ? {} : { reportsMode: options.reportsMode }),
				...(options.reportsRequested === undefined ? {} : { reportsRequested: options.reportsRequested }),
			};
			await Simulator.open(options.file).traits(disk, traits);
			print(`${disk}: ${JSON.stringify(traits)}`);
		});
}

interface TraitOptions {
	readonly file: string;
	readonly lagBy?: "seconds" | "underWay" | "syncTime" | "none";
	readonly syncTimeAge?: number;
	readonly syncTimeStands?: boolean;
	readonly tailStands?: boolean;
	readonly reportsMode?: boolean;
	readonly reportsRequested?: boolean;
}

function copiesCommand(): Command {
	return new Command("copies")
		.description("what an array does with copies of its disks from now on")
		.argument("<array>")
		.addArgument(new Argument("<kind>", "TokenizedClones are like clones").choices(["Snapshot", "Clone"]))
		.option("--features <numbers>", "that it reports for them, such as 18,27", numbers)
		.addOption(
			new Option("--after-restore <state>", "where a restore ends").choices([
				"Synchronized",
				"Broken",
				"Inactive",
				"Restored",
			]),
		)
		.option("--halted-vanishes <yes|no>", "a copy that is stopped or breaks off is gone", yesOrNo)
		.option("--reports-sync-time <yes|no>", "it tells the point in time", yesOrNo)
		.addOption(fileOption())
		.addHelpText(
			"after",
			examples("copies east-array Clone --features 18", "copies east-array Snapshot \\\n    --after-restore Broken"),
		)
		.action(async (array: string, kind: CopyKind, options: CopiesOptions) => {
			const behaviour: Partial<CopyBehaviour> = {
				...(options.features === undefined ? {} : { features: [...options.features] }),
				...(options.afterRestore === undefined ? {} : { afterRestore: options.afterRestore }),
				...(options.haltedVanishes === undefined ? {} : { haltedVanishes: options.haltedVanishes }),
				...(options.reportsSyncTime === undefined ? {} : { reportsSyncTime: options.reportsSyncTime }),
			};
			await Simulator.open(options.file).array(array).copies(kind, behaviour);
			print(`${array}, ${kind}: ${JSON.stringify(behaviour)}`);
		});
}

interface CopiesOptions {
	readonly file: string;
	readonly features?: readonly number[];
	readonly afterRestore?: CopyBehaviour["afterRestore"];
	readonly haltedVanishes?: boolean;
	readonly reportsSyncTime?: boolean;
}

function renameCommand(): Command {
	return new Command("rename")
		.description("an operator gives a disk another name")
		.argument("<disk>", "name or UniqueId")
		.argument("<name>")
		.addOption(fileOption())
		.addHelpText("after", examples("rename Orders Orders-Old"))
		.action(async (disk: string, name: string, options: { readonly file: string }) => {
			await Simulator.open(options.file).rename(disk, name);
			print(`${disk} is called ${name}`);
		});
}

function uniqueIdCommand(): Command {
	return new Command("unique-id")
		.description("hosts report another UniqueId for a disk; an empty one: none")
		.argument("<disk>", "name or UniqueId")
		.argument("<id>")
		.addOption(fileOption())
		.addHelpText("after", examples("unique-id Orders naa.600010000001", "unique-id Orders ''"))
		.action(async (disk: string, id: string, options: { readonly file: string }) => {
			await Simulator.open(options.file).changeUniqueId(disk, id);
			print(`${disk} reports ${id === "" ? "no UniqueId" : id}`);
		});
}

function advanceCommand(): Command {
	return new Command("advance")
		.description("move simulated time forward: 10s, 5m, 2h")
		.argument("<duration>", "a number and s, m or h", durationMs)
		.addOption(fileOption())
		.addHelpText("after", examples("advance 10m"))
		.action(async (ms: number, options: { readonly file: string }) => {
			await Simulator.open(options.file).advance(ms);
			print(`advanced by ${ms / 1000} s`);
		});
}
