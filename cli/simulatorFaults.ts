import { Argument, Command, Option } from "commander";
import { type Ailment, ailments } from "../provider/hosts/simulator/ailments";
import { Simulator } from "../provider/hosts/simulator/simulator";
import type { CopyState } from "../provider/model/relationship";
import { synchronizedCopyState as states } from "../provider/model/vocabulary/relationship";
import { anyWholeNumber, count, durationMs, factor, fileOption, print } from "./simulatorValues";

/** `simulator fault`: what can happen to arrays, hosts, calls and disks. */
export function faultCommand(): Command {
	return new Command("fault")
		.description("break something, or end all that can be ended with `fault clear`")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication simulator fault host-down west
  npx pulumi-storage-replication simulator fault array-lost east-array
  npx pulumi-storage-replication simulator fault return-code 40003
  npx pulumi-storage-replication simulator fault cut-off --effect
  npx pulumi-storage-replication simulator fault health Orders-DR detached
  npx pulumi-storage-replication simulator fault role-change Orders
  npx pulumi-storage-replication simulator fault clear`,
		)
		.addCommand(
			fault("host-down", "a management host does not answer")
				.argument("<host>")
				.action(async (host: string, { file }: FileOption) => {
					await Simulator.open(file).host(host).down();
					print(`host ${host} does not answer`);
				}),
		)
		.addCommand(
			fault("array-lost", "a site is gone, disks and all")
				.argument("<array>")
				.action(async (array: string, { file }: FileOption) => {
					await Simulator.open(file).array(array).lose();
					print(`${array} is lost`);
				}),
		)
		.addCommand(
			fault("subsystem-error", "a provider cannot reach an array, and reads the others")
				.argument("<array>")
				.option("--unnamed", "its error does not say which array it is")
				.action(async (array: string, { file, unnamed }: FileOption & { unnamed?: true }) => {
					await Simulator.open(file).addFault({ kind: "subsystemError", array, named: unnamed !== true });
					print(`${array} is out of reach of its provider`);
				}),
		)
		.addCommand(
			fault("cold-cache", "a host knows nothing until it discovers its arrays")
				.argument("<host>")
				.option("--relationships", "it knows the disks, and no relationships")
				.action(async (host: string, { file, relationships }: FileOption & { relationships?: true }) => {
					const hides = relationships === true ? "relationships" : "disks";
					await Simulator.open(file).addFault({ kind: "coldCache", host, hides });
					print(`${host} knows no ${hides} until it discovers its arrays`);
				}),
		)
		.addCommand(
			fault("link-down", "two arrays cannot reach each other")
				.argument("<array>")
				.argument("<other>")
				.action(async (one: string, other: string, { file }: FileOption) => {
					await Simulator.open(file).link(one, other).lose();
					print(`${one} and ${other} cannot reach each other`);
				}),
		)
		.addCommand(
			fault("slow", "everything takes this many times as long")
				.argument("<factor>", "a number above 0", factor)
				.action(async (times: number, { file }: FileOption) => {
					await Simulator.open(file).addFault({ kind: "slow", factor: times });
					print(`everything takes ${times} times as long`);
				}),
		)
		.addCommand(
			onCalls("job", "what becomes of the next job")
				.addArgument(new Argument("<fate>").choices(["stuck", "failed", "vanished"]))
				.action(async (fate: "stuck" | "failed" | "vanished", { file, times }: CallOptions) => {
					await Simulator.open(file).addFault({ kind: "job", fate, times });
					print(`jobs of the next ${times} calls: ${fate}`);
				}),
		)
		.addCommand(
			withEffect(onCalls("return-code", "the next call answers this"))
				.argument("<code>", "a number", anyWholeNumber)
				.action(async (code: number, { file, times, effect = false }: CallOptions) => {
					await Simulator.open(file).addFault({ kind: "returnCode", code, effect, times });
					print(`the next ${times} calls answer ${code}`);
				}),
		)
		.addCommand(
			withEffect(onCalls("cut-off", "the next call gets no answer")).action(
				async ({ file, times, effect = false }: CallOptions) => {
					await Simulator.open(file).addFault({ kind: "cutOff", effect, times });
					print(`the next ${times} calls are cut off`);
				},
			),
		)
		.addCommand(
			withEffect(onCalls("crash", "the caller of the next call is killed before the answer")).action(
				async ({ file, times, effect = false }: CallOptions) => {
					await Simulator.open(file).addFault({ kind: "crash", effect, times });
					print(`the callers of the next ${times} calls are killed`);
				},
			),
		)
		.addCommand(
			onCalls("late", "the next operation takes effect only so long after its answer")
				.argument("<duration>", "10s, 5m, 2h", durationMs)
				.action(async (ms: number, { file, times }: CallOptions) => {
					await Simulator.open(file).late(ms, times);
					print(`the next ${times} operations take effect ${ms / 1000} s late`);
				}),
		)
		.addCommand(
			fault("stale-cache", "calls on this disk answer 40003 until Discover")
				.argument("<disk>")
				.action(async (disk: string, { file }: FileOption) => {
					await Simulator.open(file).addFault({ kind: "staleCache", disk });
					print(`calls on ${disk} answer 40003 until Discover`);
				}),
		)
		.addCommand(
			fault("stale-state", "every host goes on showing the state of now until it discovers")
				.argument("<disk>")
				.addOption(copyStateOption())
				.action(async (disk: string, { file, copyState }: ContradictCommandOptions) => {
					await Simulator.open(file).staleState(disk, copyState === undefined ? {} : { copyState });
					print(`all hosts go on showing what ${disk} was until they discover`);
				}),
		)
		.addCommand(
			fault("contradict", "a host goes on showing the state of now until Discover there")
				.argument("<host>")
				.argument("<disk>")
				.addOption(copyStateOption())
				.option("--for <duration>", "so long, whatever is refreshed", durationMs)
				.option("--reversed", "with the roles the other way round than they are")
				.action(async (host: string, disk: string, options: ContradictCommandOptions) => {
					await Simulator.open(options.file).contradict(host, disk, {
						reversed: options.reversed === true,
						...(options.copyState === undefined ? {} : { copyState: options.copyState }),
						...(options.for === undefined ? {} : { ms: options.for, untilDiscover: false }),
					});
					print(`${host} goes on showing what ${disk} was`);
				}),
		)
		.addCommand(
			onCalls("partial", "the next operations on groups move only so many of their members")
				.argument("<members>", "how many, in their order", anyWholeNumber)
				.action(async (members: number, { file, times }: CallOptions) => {
					await Simulator.open(file).addFault({ kind: "partial", members, times });
					print(`the next ${times} operations on groups move ${members} members`);
				}),
		)
		.addCommand(
			fault("hidden", "no host lists the relationship of this disk for a while")
				.argument("<disk>")
				.argument("<duration>", "10s, 5m, 2h", durationMs)
				.action(async (disk: string, ms: number, { file }: FileOption) => {
					await Simulator.open(file).hide(disk, ms);
					print(`no host lists the relationship of ${disk} for ${ms / 1000} s`);
				}),
		)
		.addCommand(
			fault("pending", "the relationship of this disk shows Pending for a while")
				.argument("<disk>")
				.argument("<duration>", "10s, 5m, 2h", durationMs)
				.action(async (disk: string, ms: number, { file }: FileOption) => {
					await Simulator.open(file).pending(disk, ms);
					print(`the relationship of ${disk} shows Pending for ${ms / 1000} s`);
				}),
		)
		.addCommand(
			fault("repair-job", "the array works on this disk by itself, for a while or for ever")
				.argument("<disk>")
				.argument("[for]", "how long: 10s, 5m, 2h", durationMs)
				.action(async (disk: string, ms: number | undefined, { file }: FileOption) => {
					print(`${await Simulator.open(file).repairJob(disk, ms ?? null)} runs on ${disk}`);
				}),
		)
		.addCommand(
			fault("forget", "the array of this disk has no relationship any more; its peer's has")
				.argument("<disk>")
				.action(async (disk: string, { file }: FileOption) => {
					await Simulator.open(file).forget(disk);
					print(`the array of ${disk} has forgotten its relationship`);
				}),
		)
		.addCommand(
			fault("health", "what Windows says of a disk")
				.argument("<disk>")
				.addArgument(new Argument("<health>").choices(["healthy", ...Object.keys(ailments)]))
				.action(async (disk: string, health: Ailment | "healthy", { file }: FileOption) => {
					await Simulator.open(file).health(disk, health);
					print(`${disk} is ${health}`);
				}),
		)
		.addCommand(
			fault("writable", "a disk accepts writes against its role: split brain")
				.argument("<disk>")
				.action(async (disk: string, { file }: FileOption) => {
					await Simulator.open(file).addFault({ kind: "writable", disk });
					print(`${disk} accepts writes whatever its role`);
				}),
		)
		.addCommand(
			fault("role-change", "somebody else reverses the roles")
				.argument("<disk>")
				.action(async (disk: string, { file }: FileOption) => {
					await Simulator.open(file).changeRoles(disk);
					print(`roles of ${disk} changed`);
				}),
		)
		.addCommand(
			fault("removal", "somebody else ends the relationship of this disk")
				.argument("<disk>")
				.action(async (disk: string, { file }: FileOption) => {
					await Simulator.open(file).remove(disk);
					print(`${disk} is in no relationship any more`);
				}),
		)
		.addCommand(readOnly("read-only", "an operator stops writes to a disk", true))
		.addCommand(readOnly("read-write", "an operator allows writes to a disk again", false))
		.addCommand(
			fault("clear", "end all faults; what has happened to disks and roles stays").action(
				async ({ file }: FileOption) => {
					await Simulator.open(file).removeFaults();
					print("no faults");
				},
			),
		);
}

interface FileOption {
	readonly file: string;
}

interface CallOptions extends FileOption {
	readonly times: number;
	readonly effect?: boolean;
}

interface ContradictCommandOptions extends FileOption {
	readonly copyState?: CopyState;
	readonly for?: number;
	readonly reversed?: true;
}

function fault(name: string, description: string): Command {
	return new Command(name).description(description).addOption(fileOption());
}

function copyStateOption(): Option {
	return new Option("--copy-state <state>", "this state instead").choices(Object.keys(states));
}

function onCalls(name: string, description: string): Command {
	return fault(name, description).option("--times <count>", "how many calls meet it", count, 1);
}

function withEffect(command: Command): Command {
	return command.option("--effect", "the call has its effect all the same");
}

function readOnly(name: string, description: string, stops: boolean): Command {
	return fault(name, description)
		.argument("<disk>")
		.action(async (disk: string, { file }: FileOption) => {
			await Simulator.open(file).readOnly(disk, stops);
			print(`${disk} ${stops ? "accepts no writes" : "accepts writes in its role"}`);
		});
}
