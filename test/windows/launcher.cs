// Runs Node with the script of its own name (x.exe: x.cjs). Its streams are Node's, its end is Node's end.
using System;
using System.Diagnostics;
using System.IO;
using System.Reflection;
using System.Text;

static class Launcher
{
	static int Main(string[] arguments)
	{
		var line = new StringBuilder(Quoted(Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, ".cjs")));
		foreach (var argument in arguments) line.Append(' ').Append(Quoted(argument));
		var node = new ProcessStartInfo("node", line.ToString());
		node.UseShellExecute = false;
		using (var process = Process.Start(node))
		{
			process.WaitForExit();
			return process.ExitCode;
		}
	}

	// What CommandLineToArgvW reads back: quotes behind backslashes, and backslashes only doubled in front of a quote.
	static string Quoted(string argument)
	{
		var text = new StringBuilder("\"");
		var backslashes = 0;
		foreach (var character in argument)
		{
			if (character == '"') text.Append('\\', backslashes + 1);
			backslashes = character == '\\' ? backslashes + 1 : 0;
			text.Append(character);
		}
		return text.Append('\\', backslashes).Append('"').ToString();
	}
}
