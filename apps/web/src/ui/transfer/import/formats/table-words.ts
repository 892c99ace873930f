import type { Task } from "@tend/contracts";

/** Words for priorities, in the languages that task lists are used in most. */
const priorities: readonly (readonly [Task["priority"], ReadonlySet<string>])[] = [
  ["none", words("|none|no|normal|p4|keine|aucune|ninguna|nenhuma|nessuna|geen|ingen|нет|无|なし")],
  [
    "high",
    words(
      "high|highest|urgent|critical|p1|hoch|dringend|haute|élevée|urgente|alta|hoog|hög|høj|høy|korkea|wysoki|vysoká|yüksek|высокий|високий|高|높음",
    ),
  ],
  [
    "medium",
    words(
      "medium|med|moderate|p2|mittel|moyenne|media|média|gemiddeld|medel|keskitaso|średni|střední|orta|средний|середній|中|보통",
    ),
  ],
  [
    "low",
    words(
      "low|lowest|p3|niedrig|gering|basse|faible|baja|baixa|bassa|laag|låg|lav|matala|niski|nízká|düşük|низкий|низький|低|낮음",
    ),
  ],
];

const done = words(
  "true|yes|y|x|1|done|complete|completed|closed|finished|✓|✔|☑|✅|ja|wahr|erledigt|fertig|abgeschlossen|oui|vrai|fait|terminé|terminée|sí|si|verdadero|hecho|completado|completada|terminado|sim|verdadeiro|feito|concluído|concluída|sì|vero|fatto|completato|completata|voltooid|gedaan|klaar|klar|färdig|færdig|ferdig|valmis|zrobione|ukończone|hotovo|tamamlandı|да|готово|выполнено|виконано|是|完成|已完成|はい|完了|완료",
);

const open = words(
  "|false|no|n|0|open|to-do|todo|pending|active|new|not started|in progress|incomplete|needsaction|☐|nein|falsch|offen|in arbeit|non|faux|ouvert|à faire|en cours|falso|abierto|pendiente|por hacer|em aberto|aberto|pendente|aperto|da fare|nee|te doen|nej|nei|öppen|åben|åpen|нет|открыто|否|未完成|いいえ|未完了",
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split("|"));
}

const written = (text: string): string => text.normalize("NFC").toLowerCase();

/** The priority by words. Numbers differ from program to program; P1 to P4 are Todoist's. */
export function priorityOf(text: string): Task["priority"] | undefined {
  if (/^!+$/.test(text)) return "high";
  return priorities.find(([, names]) => names.has(written(text)))?.[0];
}

/** Whether a text says that a task is done; undefined where that is not certain. */
export function completedOf(text: string): boolean | undefined {
  if (done.has(written(text))) return true;
  return open.has(written(text)) ? false : undefined;
}
