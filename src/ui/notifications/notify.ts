import * as vscode from 'vscode';
import { formatPlainNotification } from './notificationText.ts';

/** Shows a notification as plain text; gives the button pressed, undefined when it was closed. */
export const notify = {
  info: (text: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showInformationMessage(formatPlainNotification(text), ...buttons),
  warn: (text: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showWarningMessage(formatPlainNotification(text), ...buttons),
  error: (text: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showErrorMessage(formatPlainNotification(text), ...buttons),
};
