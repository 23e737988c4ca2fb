import { Command, InvalidArgumentError, Option } from "commander";
import { countWrites } from "../provider/hosts/simulator/lineage";
import { type ProfileName, profiles } from "../provider/hosts/simulator/profiles";
import { takesWrites } from "../provider/hosts/simulator/roles";
import { type PairOptions, Simulator } from "../provider/hosts/simulator/simulator";
import type { Fault, World } from "../provider/hosts/simulator/world";
import { copyStateOf, describeName, progressStatusOf, syncModeOf } from "../provider/model/relationship";

/** `storage-replication simulator`: arrays in a file, for programs, tests and drills without Windows. */
export function simulatorCommand(): Command {
	const command = new Command("simulator").description("arrays in a file: make them, look at them, break them");
	command.addHelpText(
		"after",
		`
Examples:
  storage-replication simulator init
  storage-replication simulator write Orders 5
  storage-replication simulator fault array-lost east-array
  storage-replication simulator show --calls

A program uses the file with this stack configuration:
  pulumi config set --path 'storageReplication:hosts.east.kind' simulator
  pulumi config set --path 'storageReplication:hosts.east.file' ./arrays.json

Exit codes: 0 done, 1 it could not be done, 2 the command line is wrong.`,
	);
	command.addCommand(initCommand());
	command.addCommand(showCommand());
	command.addCommand(writeCommand());
	command.addCommand(faultCommand());
	command.addCommand(advanceCommand());
	return command;
}

const fileOption = () => new Option("--file <file>", "the simulator's file").default("./arrays.json");

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
		.option("--speed <factor>", "simulated seconds a second; 0 stands still until `advance`", positive, 1)
		.option("--relationships <count>", "this many pairs instead: Disk-1 and Disk-1-DR, and so on", wholeNumber)
		.option("--force", "replace a file that exists")
		.addHelpText(
			"after",
			`
Examples:
  storage-replication simulator init --related --mode asynchronous
  storage-replication simulator init --profile srdf --relationships 300 --force`,
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
			await Simulator.create(options.file, {
				pairs,
				profile: options.profile,
				speed: options.speed,
				force: options.force === true,
			});
			print(
				`${options.file}: arrays east-array and west-array (${options.profile}), ${pairs.length} pairs${options.related ? ", related" : ""}`,
			);
		});
}

interface InitOptions {
	readonly file: string;
	readonly profile: ProfileName;
	readonly mode: "synchronous" | "asynchronous";
	readonly related?: boolean;
	readonly speed: number;
	readonly relationships?: number;
	readonly force?: boolean;
}

function showCommand(): Command {
	return new Command("show")
		.description("disks, relationships, jobs and faults as they are now")
		.addOption(fileOption())
		.option("--calls", "the state-changing calls that were received, instead")
		.option("--json", "print JSON")
		.action((options: { readonly file: string; readonly calls?: boolean; readonly json?: boolean }) => {
			const simulator = Simulator.open(options.file);
			const world = simulator.look();
			if (options.json) return print(JSON.stringify(options.calls ? world.calls : world));
			for (const line of options.calls ? describeCalls(world) : describeWorld(world)) print(line);
		});
}

function writeCommand(): Command {
	return new Command("write")
		.description("let an application write: the writes are acknowledged and can be told from all others")
		.argument("<disk>", "name or UniqueId")
		.argument("[count]", "how many writes", wholeNumber, 1)
		.addOption(fileOption())
		.action(async (disk: string, count: number, options: { readonly file: string }) => {
			const [from, to] = await Simulator.open(options.file).write(disk, count);
			print(`${disk}: writes ${from} to ${to} acknowledged`);
		});
}

function faultCommand(): Command {
	const command = new Command("fault").description("break something, or mend it with `fault clear`");
	command.addHelpText(
		"after",
		`
Examples:
  storage-replication simulator fault host-down west
  storage-replication simulator fault array-lost east-array
  storage-replication simulator fault return-code 40003
  storage-replication simulator fault cut-off --effect
  storage-replication simulator fault role-change Orders
  storage-replication simulator fault clear`,
	);
	const add = (
		name: string,
		description: string,
		make: (value: string, options: { readonly effect?: boolean; readonly times: number }) => Fault,
		argument: string,
	) =>
		command.addCommand(
			new Command(name)
				.description(description)
				.argument(argument)
				.option("--effect", "the call has its effect all the same")
				.option("--times <count>", "how many calls meet it", wholeNumber, 1)
				.addOption(fileOption())
				.action(
					async (
						value: string,
						options: { readonly file: string; readonly effect?: boolean; readonly times: number },
					) => {
						await Simulator.open(options.file).addFault(make(value, options));
						print(`${name} ${value ?? ""}`.trimEnd());
					},
				),
		);
	add("host-down", "a management host does not answer", (host) => ({ kind: "hostDown", host }), "<host>");
	add("array-lost", "a site is gone, disks and all", (array) => ({ kind: "arrayLost", array }), "<array>");
	add(
		"slow",
		"everything takes this many times as long",
		(factor) => ({ kind: "slow", factor: positive(factor) }),
		"<factor>",
	);
	add(
		"job",
		"the next job is stuck, failed or vanished",
		(fate, { times }) => ({ kind: "job", fate: jobFate(fate), times }),
		"<fate>",
	);
	add(
		"return-code",
		"the next call answers this",
		(code, { effect, times }) => ({ kind: "returnCode", code: wholeNumber(code), effect: effect === true, times }),
		"<code>",
	);
	add(
		"stale-cache",
		"calls on this disk answer 40003 until Discover",
		(disk) => ({ kind: "staleCache", disk }),
		"<disk>",
	);
	add(
		"writable",
		"a disk takes writes against its role: split brain",
		(disk) => ({ kind: "writable", disk }),
		"<disk>",
	);
	command.addCommand(
		new Command("link-down")
			.description("two arrays cannot reach each other")
			.argument("<array>")
			.argument("<other>")
			.addOption(fileOption())
			.action(async (one: string, other: string, options: { readonly file: string }) => {
				await Simulator.open(options.file).link(one, other).lose();
				print(`link-down ${one} ${other}`);
			}),
	);
	for (const kind of ["cut-off", "crash"] as const) {
		command.addCommand(
			new Command(kind)
				.description(
					kind === "crash" ? "the caller of the next call is killed before the answer" : "the next call gets no answer",
				)
				.option("--effect", "the call has its effect all the same")
				.option("--times <count>", "how many calls meet it", wholeNumber, 1)
				.addOption(fileOption())
				.action(async (options: { readonly file: string; readonly effect?: boolean; readonly times: number }) => {
					const effect = options.effect === true;
					await Simulator.open(options.file).addFault({
						kind: kind === "crash" ? "crash" : "cutOff",
						effect,
						times: options.times,
					});
					print(kind);
				}),
		);
	}
	command.addCommand(
		new Command("role-change")
			.description("somebody else reverses the roles")
			.argument("<disk>")
			.addOption(fileOption())
			.action(async (disk: string, options: { readonly file: string }) => {
				await Simulator.open(options.file).changeRoles(disk);
				print(`roles of ${disk} changed`);
			}),
	);
	for (const readOnly of [true, false]) {
		command.addCommand(
			new Command(readOnly ? "read-only" : "read-write")
				.description(readOnly ? "an operator stops writes to a disk" : "an operator allows writes to a disk again")
				.argument("<disk>")
				.addOption(fileOption())
				.action(async (disk: string, options: { readonly file: string }) => {
					await Simulator.open(options.file).readOnly(disk, readOnly);
					print(`${disk} ${readOnly ? "takes no writes" : "takes writes in its role"}`);
				}),
		);
	}
	command.addCommand(
		new Command("clear")
			.description("mend everything")
			.addOption(fileOption())
			.action(async (options: { readonly file: string }) => {
				await Simulator.open(options.file).removeFaults();
				print("no faults");
			}),
	);
	return command;
}

function advanceCommand(): Command {
	return new Command("advance")
		.description("move simulated time forward: 10s, 5m, 2h")
		.argument("<duration>", "a number and s, m or h", durationMs)
		.addOption(fileOption())
		.action(async (ms: number, options: { readonly file: string }) => {
			await Simulator.open(options.file).advance(ms);
			print(`advanced by ${ms / 1000} s`);
		});
}

function describeWorld(world: World): string[] {
	const disk = (id: string) => world.disks.find(({ uniqueId }) => uniqueId === id)?.name ?? id;
	return [
		...table(
			["disk", "array", "UniqueId", "writes held", "takes writes"],
			world.disks.map((each) => [
				each.name,
				each.array,
				each.uniqueId,
				String(countWrites(each.content)),
				takesWrites(world, each.uniqueId) ? "yes" : "no",
			]),
		),
		"",
		...table(
			["relationship", "copy state", "progress", "mode"],
			world.relationships.map((each) => [
				`${disk(each.source)} -> ${disk(each.target)}`,
				describeName(copyStateOf(each.copyState)),
				describeName(progressStatusOf(each.progressStatus), "progress"),
				syncModeOf(each.syncMode),
			]),
		),
		...(world.jobs.length === 0
			? []
			: [
					"",
					...table(
						["job", "state", "stuck"],
						world.jobs.map((job) => [job.id, String(job.state), job.stuck ? "yes" : "no"]),
					),
				]),
		...(world.faults.length === 0 ? [] : ["", ...world.faults.map((fault) => `fault: ${JSON.stringify(fault)}`)]),
	];
}

function describeCalls(world: World): string[] {
	return table(
		["#", "host", "call", "disk", "answer", "effect"],
		world.calls.map((call) => [
			String(call.sequence),
			call.host,
			call.operation ?? call.method,
			call.disk,
			call.returnCode === null ? "none" : String(call.returnCode),
			call.effect ? "yes" : "no",
		]),
	);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	if (rows.length === 0) return [`${head[0]}: none`];
	const all = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
	return all.map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join("  ")
			.trimEnd(),
	);
}

function jobFate(value: string): "stuck" | "failed" | "vanished" {
	if (value === "stuck" || value === "failed" || value === "vanished") return value;
	throw new InvalidArgumentError("expected stuck, failed or vanished.");
}

function wholeNumber(value: string): number {
	if (/^\d+$/.test(value)) return Number(value);
	throw new InvalidArgumentError("expected a whole number.");
}

function positive(value: string): number {
	const number = Number(value);
	if (value !== "" && number >= 0 && Number.isFinite(number)) return number;
	throw new InvalidArgumentError("expected a number of 0 or more.");
}

function durationMs(value: string): number {
	const match = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(value);
	if (match === null) throw new InvalidArgumentError("expected a duration such as 10s, 5m or 2h.");
	const unit = { s: 1_000, m: 60_000, h: 3_600_000 }[match[2] as "s" | "m" | "h"];
	return Number(match[1]) * unit;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
