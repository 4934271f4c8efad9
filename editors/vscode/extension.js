// Starts `beskid lsp`, and gives it the sources and manifests that are open.
"use strict";

const { commands, window, workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** The client of the server that runs, if one does. */
let client;

function create() {
  const command = workspace.getConfiguration("beskid").get("command", "beskid");
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  return new LanguageClient("beskid", "Beskid", server, {
    documentSelector: [
      { scheme: "file", language: "beskid" },
      { scheme: "untitled", language: "beskid" },
      { scheme: "file", language: "beskid-project" },
    ],
  });
}

async function start() {
  client = create();
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const hint = "set `beskid.command` to where `beskid` is";
    window.showErrorMessage(`Beskid: ${error.message || error}; ${hint}`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) {
    await running.stop();
  }
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("beskid.restart", restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("beskid.command")) {
        restart();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
